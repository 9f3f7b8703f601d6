//! Task `analysis`: fitted growth.

use super::prelude::*;
use crate::oracle::fit::power_law;

cases! { task "analysis", client Client;
    /// A power law is found again, with its exponent and its factor.
    growth_finds_a_power_law;
    /// Through points that scatter, the nearest line in logarithms.
    growth_fits_what_scatters after [growth_finds_a_power_law];
    /// The order of the points does not matter, and points may share an x.
    growth_takes_points_in_any_order after [growth_finds_a_power_law];
    /// What is constant has the exponent `0` and is explained wholly.
    growth_of_a_constant after [growth_finds_a_power_law];
    /// Points without logarithms, and fewer than two that differ, are refused.
    growth_refuses_bad_points;
}

fn agrees_with(message: &'static str, code: &mut Client, points: &[(f64, f64)]) -> CaseVerdict {
    let (exponent, factor, r_squared) = power_law(points);
    let x = points[0].0 * 3.7;
    let (got, predicted) = code.growth(points.to_vec(), x)?;
    check::close(message, got.exponent, exponent, 1e-7, 1e-7)?;
    check::close(message, got.factor, factor, 1e-6, 0.0)?;
    check::close(message, got.r_squared, r_squared, 0.0, 1e-6)?;
    check::close(message, predicted, factor * x.powf(exponent), 1e-6, 0.0)
}

fn growth_finds_a_power_law(code: &mut Client, draw: &mut Draw) -> CaseVerdict {
    let message =
        "points of a power law should give its exponent and its factor, and explain everything";
    for exponent in [0.5, 1.0, 2.0, 2.7, -1.0] {
        let factor = draw.real(0.01, 20.0);
        let points: Vec<(f64, f64)> = [25.0, 50.0, 100.0, 200.0, 333.0]
            .iter()
            .map(|x: &f64| (*x, factor * x.powf(exponent)))
            .collect();
        let (got, predicted) = code.growth(points, 1000.0)?;
        check::close(message, got.exponent, exponent, 1e-9, 0.0)?;
        check::close(message, got.factor, factor, 1e-7, 0.0)?;
        check::close(message, got.r_squared, 1.0, 0.0, 1e-9)?;
        check::close(message, predicted, factor * 1000_f64.powf(exponent), 1e-7, 0.0)?;
    }
    Ok(())
}

fn scattered(draw: &mut Draw) -> Vec<(f64, f64)> {
    let points = (1..=12).map(|n| {
        let x = 7.0 * f64::from(n);
        (x, 0.3 * x.powf(1.4) * (0.4 * draw.normal()).exp())
    });
    points.collect()
}

fn growth_fits_what_scatters(code: &mut Client, draw: &mut Draw) -> CaseVerdict {
    let message = "the fit should be the least squares line through (ln x, ln y)";
    for _ in 0..4 {
        let points = scattered(draw);
        agrees_with(message, code, &points)?;
    }
    Ok(())
}

fn growth_takes_points_in_any_order(code: &mut Client, draw: &mut Draw) -> CaseVerdict {
    let message = "the order of the points should not matter, nor should equal x";
    let mut points = scattered(draw);
    points[3].0 = points[4].0;
    draw.shuffle(&mut points);
    agrees_with(message, code, &points)?;
    let (x, y) = points[0];
    agrees_with(message, code, &[(x, y), (x, 2.0 * y), (3.0 * x, y)])
}

fn growth_of_a_constant(code: &mut Client, draw: &mut Draw) -> CaseVerdict {
    let message = "equal y should have the exponent 0, that y as the factor, and r_squared 1";
    let y: f64 = (1_u32 << draw.int(0..=6)).into();
    let (got, _) = code.growth(vec![(1.0, y), (10.0, y), (100.0, y)], 5.0)?;
    check::close(message, got.exponent, 0.0, 0.0, 1e-12)?;
    check::close(message, got.factor, y, 1e-9, 0.0)?;
    check::close(message, got.r_squared, 1.0, 0.0, 1e-9)
}

fn growth_refuses_bad_points(code: &mut Client, draw: &mut Draw) -> CaseVerdict {
    let message = "points that are not finite and above 0, and fewer than two different x, should be `BadData`";
    let good = (draw.real(1.0, 9.0), draw.real(1.0, 9.0));
    let (nan, inf) = (f64::NAN, f64::INFINITY);
    let alone = [vec![], vec![good], vec![good, good], vec![good, (good.0, 2.0 * good.1)]];
    let bad = [
        (0.0, 1.0),
        (1.0, 0.0),
        (-1.0, 1.0),
        (1.0, -1.0),
        (nan, 1.0),
        (1.0, nan),
        (inf, 1.0),
        (1.0, inf),
    ];
    let spoiled = bad.map(|bad| vec![good, bad, (20.0, 30.0)]);
    for points in alone.into_iter().chain(spoiled) {
        check::returns_error(message, code.growth(points, 1.0), "BadData")?;
    }
    Ok(())
}
