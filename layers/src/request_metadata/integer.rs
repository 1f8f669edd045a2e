/// The greatest integer that every JSON reader holds exactly: 2^53 − 1.
const MAX: i64 = (1 << 53) - 1;

/// Reads a JSON number as the integer it is, however it is written: `42`, `42.0`
/// and `4.2e1` are the same (META-21). Exact, without floating point.
pub(super) fn read(text: &str) -> Result<i64, NotAnInteger> {
    let (sign, number) = match text.strip_prefix('-') {
        Some(rest) => (-1, rest),
        None => (1, text),
    };
    let (mantissa, exponent) = match number.split_once(['e', 'E']) {
        Some((mantissa, exponent)) => (mantissa, read_exponent(exponent)?),
        None => (number, 0),
    };
    let (whole, fraction) = match mantissa.split_once('.') {
        Some((_, "")) => return Err(NotAnInteger::Other),
        Some((whole, fraction)) => (whole, fraction),
        None => (mantissa, ""),
    };
    if whole.is_empty() || (whole.len() > 1 && whole.starts_with('0')) {
        return Err(NotAnInteger::Other);
    }
    let digits = || whole.bytes().chain(fraction.bytes());
    if !digits().all(|digit| digit.is_ascii_digit()) {
        return Err(NotAnInteger::Other);
    }
    // Where the decimal point stands among the digits once the exponent moved it.
    let point = i64::try_from(whole.len()).unwrap_or(i64::MAX).saturating_add(exponent);
    let (mut value, mut at) = (0_i64, 0_i64);
    for digit in digits() {
        match (at < point, digit - b'0') {
            (true, digit) => value = append(value, digit)?,
            (false, 0) => {}
            (false, _) => return Err(NotAnInteger::Other),
        }
        at += 1;
    }
    while value != 0 && at < point {
        value = append(value, 0)?;
        at += 1;
    }
    Ok(sign * value)
}

/// Why a text is no integer of the kind.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum NotAnInteger {
    /// It is one, but beyond ±(2^53 − 1).
    OutOfRange,
    /// It is a fraction, or no JSON number at all.
    Other,
}

fn append(value: i64, digit: u8) -> Result<i64, NotAnInteger> {
    match value * 10 + i64::from(digit) {
        value if value <= MAX => Ok(value),
        _ => Err(NotAnInteger::OutOfRange),
    }
}

fn read_exponent(text: &str) -> Result<i64, NotAnInteger> {
    let digits = text.strip_prefix(['+', '-']).unwrap_or(text);
    if digits.is_empty() || !digits.bytes().all(|digit| digit.is_ascii_digit()) {
        return Err(NotAnInteger::Other);
    }
    let size = digits
        .bytes()
        .fold(0_i64, |size, digit| size.saturating_mul(10).saturating_add(i64::from(digit - b'0')));
    Ok(if text.starts_with('-') { -size } else { size })
}
