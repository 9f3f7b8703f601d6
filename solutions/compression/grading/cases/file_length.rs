//! Task `encode`: how long files are, and where their bytes go.

use super::encode::{few_values_come_back, with_few_values};
use super::prelude::*;
use course_oracle::nets::{self, parameters};
use course_oracle::networks;

cases! { task "encode", client Client;
    /// A file of few bits and many zeros is as short as zeros and values can be counted.
    sparse_files_are_short after [few_values_come_back];
    /// Values that are rare have longer codes than those that are frequent.
    frequent_values_are_short after [few_values_come_back];
    /// A file is never much longer than the plain numbers.
    files_are_never_long after [few_values_come_back];
    /// The report accounts for each byte of the file, and for each part.
    byte_report_adds_up after [few_values_come_back];
    /// The trained MLP in four bits is a seventh of its plain file.
    trained_mlp_is_a_seventh after [few_values_come_back];
}

/// Bits of a choice with this probability.
fn entropy(p: f64) -> f64 {
    -(p * p.log2() + (1.0 - p) * (1.0 - p).log2())
}

fn mlp(sizes: &[usize], draw: &mut Draw) -> Net {
    networks::drawn(Net::Mlp(sizes.to_vec(), Vec::new()), draw)
}

fn sparse_files_are_short(code: &mut Client, draw: &mut Draw) -> CaseVerdict {
    for sparsity in [0.9, 0.95, 0.98] {
        let classifier = mlp(&[200, 100, 10], draw);
        let network = Network::Net(with_few_values(classifier, 2, sparsity, draw));
        let file = code.encode(network, vec![2])?;
        code.fresh_process()?;
        code.decode(file.clone()).map(drop)?;
        let weights = 21_000.0;
        let positions = weights * entropy(sparsity) / 8.0;
        let values = weights * (1.0 - sparsity) * 2.0 / 8.0;
        // Biases have a byte, and codebooks, tables, names and shapes some 300 bytes.
        let most = 1.1 * (positions + values) + 110.0 + 300.0;
        let message =
            "zeros should be counted in runs, and runs and values have codes by their frequency";
        check::that((file.len() as f64) < most, message, || {
            format!("{} bytes at sparsity {sparsity}, expected {most:.0}", file.len())
        })?;
    }
    Ok(())
}

fn frequent_values_are_short(code: &mut Client, draw: &mut Draw) -> CaseVerdict {
    let Net::Mlp(sizes, mut weights) = mlp(&[100, 60], draw) else { unreachable!("an MLP") };
    let values = normals(draw, 8);
    for x in &mut weights[0].0 {
        let frequent = draw.real(0.0, 1.0) < 0.9;
        *x = values[if frequent { 0 } else { draw.int(1..=7) }];
    }
    let file = code.encode(Network::Net(Net::Mlp(sizes, weights)), vec![3])?;
    // 0.47 bits for whether it is frequent and 2.8 for which of the others; with one bit at least for each, 1.3.
    let most = 6_000.0 * 1.4 / 8.0 + 60.0 + 200.0;
    let message = "the most frequent value should have a code of one bit";
    check::that((file.len() as f64) < most, message, || {
        format!("{} instead of {most:.0} bytes", file.len())
    })
}

fn files_are_never_long(code: &mut Client, draw: &mut Draw) -> CaseVerdict {
    let nets = [
        Network::Net(nets::mlp(draw)),
        Network::Net(nets::cnn(draw)),
        nets::gpt(draw),
        Network::Net(mlp(&[12, 20, 5], draw)),
        Network::Net(mlp(&[1, 2], draw)),
    ];
    for network in nets {
        let all = parameters(&network);
        let most: usize =
            all.iter().map(|of| 4 * of.numbers.len() + 64 + of.name.len()).sum::<usize>() + 64;
        for bits in [1, 8] {
            let len = code.encode(network.clone(), vec![bits])?.len();
            let message = "a file should have at most 4 bytes for each element besides its header";
            check::that(len <= most, message, || format!("{len} instead of {most} bytes"))?;
        }
    }
    Ok(())
}

fn byte_report_adds_up(code: &mut Client, draw: &mut Draw) -> CaseVerdict {
    let zeros = draw.real(0.8, 0.9);
    let classifier = mlp(&[60, 40, 10], draw);
    let network = Network::Net(with_few_values(classifier, 2, zeros, draw));
    let file = code.encode(network, vec![2])?;
    code.fresh_process()?;
    let report = code.byte_report(file.clone())?;
    check::equal("the parts should add up", &report.iter().sum::<usize>(), &file.len())?;
    let [header, codebooks, tables, positions, values, biases] = report;
    let nonzero = (2_800.0 * (1.0 - zeros)) as usize;
    let message = "each part should count its own bytes";
    let told = || format!("{report:?}");
    // Two names and shapes each, and a checksum.
    check::that((20..=300).contains(&header), message, told)?;
    check::equal("two codebooks of four values", &codebooks, &32)?;
    check::that((2..=600).contains(&tables), message, told)?;
    // Where they are, and two bits for which value.
    check::that(positions > nonzero / 4 && positions < 600, message, told)?;
    check::that(values > nonzero / 8 && values < nonzero, message, told)?;
    check::that((50..=70).contains(&biases), message, told)?;
    let result = code.byte_report(file[..file.len() - 1].to_vec());
    check::returns_error("a file that is cut off", result, "BadFile")
}

/// Of 438 200 bytes.
fn trained_mlp_is_a_seventh(code: &mut Client, _: &mut Draw) -> CaseVerdict {
    let file = code.encode(Network::Net(Net::TrainedMlp), vec![4])?;
    let message = "in four bits, the trained MLP should have a seventh of its plain file";
    check::that(file.len() < 62_600, message, || format!("{} bytes", file.len()))?;
    code.fresh_process()?;
    let decoded = code.decode(file)?;
    let sizes: Vec<usize> = decoded.iter().map(|(_, of)| of.data.0.len()).collect();
    check::equal("the sizes of its parameters", &sizes, &vec![100_352, 128, 8_192, 64, 640, 10])
}
