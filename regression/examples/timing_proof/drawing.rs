//! The results as a drawing: how many verdicts are wrong, by margin and condition.

use crate::cells::ProofCell;
use crate::gates::MARGINS;
use crate::load::LoadCondition;
use crate::table::percent;
use std::fmt::Write as _;

const PANEL: f64 = 300.0;
const HEIGHT: f64 = 200.0;
const LEFT: f64 = 60.0;
const TOP: f64 = 60.0;
/// Names and colours of the two ways to judge.
const WAYS: [(&str, &str); 2] =
    [("this judge", "#1b7f5c"), ("median of 100 wall times", "#c2571a")];

/// Wrong verdicts in percent, over all true ratios and both sides of the gate.
fn wrong(cells: &[ProofCell], condition: LoadCondition, margin: f64) -> [f64; 2] {
    let gates = cells.iter().filter(|cell| cell.condition == condition.words());
    let gates = gates.flat_map(|cell| &cell.gates);
    let at = gates.filter(|gate| gate.margin.to_bits() == margin.to_bits());
    let sums = at.fold([0; 4], |sums, gate| {
        let [wrong, all, median_wrong, median_all] = sums;
        [
            wrong + gate.wrong,
            all + gate.verdicts,
            median_wrong + gate.median_wrong,
            median_all + gate.median_verdicts,
        ]
    });
    [percent(sums[0], sums[1]), percent(sums[2], sums[3])]
}

/// Three panels side by side: idle, load on the same CPU, load on another.
pub fn drawing(cells: &[ProofCell]) -> String {
    let width = LEFT + PANEL * LoadCondition::ALL.len() as f64;
    let height = TOP + HEIGHT + 80.0;
    let most = LoadCondition::ALL
        .iter()
        .flat_map(|condition| MARGINS.map(|margin| wrong(cells, *condition, margin)))
        .flatten()
        .fold(1.0, f64::max);
    let mut svg = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {width} {height}\" \
         font-family=\"sans-serif\" font-size=\"13\">\n<rect width=\"100%\" height=\"100%\" \
         fill=\"white\"/>\n"
    );
    for (n, (name, colour)) in WAYS.iter().enumerate() {
        let x = LEFT + 260.0 * n as f64;
        let _ = writeln!(
            svg,
            "<rect x=\"{x}\" y=\"12\" width=\"14\" height=\"14\" fill=\"{colour}\"/>"
        );
        let _ = writeln!(svg, "<text x=\"{}\" y=\"24\">{name}: wrong verdicts, %</text>", x + 20.0);
    }
    for (n, condition) in LoadCondition::ALL.into_iter().enumerate() {
        panel(&mut svg, cells, condition, LEFT + PANEL * n as f64, most);
    }
    let _ = writeln!(
        svg,
        "<text x=\"{}\" y=\"{}\" text-anchor=\"middle\">distance of the gate from the true ratio \
         (1 to 20 times; both sides)</text>",
        width / 2.0,
        height - 6.0
    );
    svg + "</svg>\n"
}

fn panel(svg: &mut String, cells: &[ProofCell], condition: LoadCondition, left: f64, most: f64) {
    let floor = TOP + HEIGHT;
    let step = (PANEL - 40.0) / MARGINS.len() as f64;
    let _ = writeln!(
        svg,
        "<text x=\"{}\" y=\"{}\" text-anchor=\"middle\" font-weight=\"bold\">{}</text>\n\
         <line x1=\"{left}\" y1=\"{floor}\" x2=\"{}\" y2=\"{floor}\" stroke=\"#444\"/>",
        left + (PANEL - 40.0) / 2.0,
        floor + 45.0,
        condition.words(),
        left + PANEL - 40.0,
    );
    for (n, margin) in MARGINS.into_iter().enumerate() {
        let x = left + step * n as f64 + 6.0;
        let _ = writeln!(
            svg,
            "<text x=\"{}\" y=\"{}\" text-anchor=\"middle\">{:.0} %</text>",
            x + step / 2.0 - 6.0,
            floor + 20.0,
            100.0 * margin
        );
        for (way, share) in wrong(cells, condition, margin).into_iter().enumerate() {
            let tall = share / most * (HEIGHT - 20.0);
            let at = x + way as f64 * (step - 12.0) / 2.0;
            let wide = (step - 12.0) / 2.0 - 2.0;
            let _ = writeln!(
                svg,
                "<rect x=\"{at:.1}\" y=\"{:.1}\" width=\"{wide:.1}\" height=\"{tall:.1}\" \
                 fill=\"{}\"/>\n<text x=\"{:.1}\" y=\"{:.1}\" font-size=\"11\" \
                 text-anchor=\"middle\">{share:.1}</text>",
                floor - tall,
                WAYS[way].1,
                at + wide / 2.0,
                floor - tall - 4.0,
            );
        }
    }
}
