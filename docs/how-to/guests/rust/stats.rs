//! Answers count, sum, least and greatest of the numbers that are its input.

use std::io::{self, Read};
use std::process::exit;

fn numbers(input: &str) -> Option<Vec<f64>> {
    let list = input.trim().strip_prefix('[')?.strip_suffix(']')?;
    list.split(',').map(|number| number.trim().parse().ok()).collect()
}

fn run() -> Result<String, String> {
    let mut input = String::new();
    io::stdin().read_to_string(&mut input).map_err(|error| error.to_string())?;
    let numbers = numbers(&input).ok_or("the input must be a list of numbers")?;
    let sum: f64 = numbers.iter().sum();
    let min = numbers.iter().copied().fold(f64::INFINITY, f64::min);
    let max = numbers.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    Ok(format!(r#"{{"count":{},"sum":{},"min":{},"max":{}}}"#, numbers.len(), sum, min, max))
}

fn main() {
    match run() {
        Ok(output) => println!("{output}"),
        Err(message) => {
            eprintln!("{message}");
            exit(1);
        }
    }
}
