//! Whether 32 bytes are a public key of Ed25519 that may be trusted (RFC 8032 section 5.1.3).
//!
//! The backend takes any 32 bytes as a key and only fails later, at verification. And it takes the points of
//! small order, for which one signature fits every message: worthless as evidence.
//! Public values only, so nothing here needs constant time.

use rsa::BigUint;

/// y of the points of order 8 (the other one is its negative); RFC 8032's curve has eight points of small
/// order.
const ORDER_EIGHT_Y: &[u8] = b"7a03ac9277fdc74ec6cc392cfa53202a0f67100d760b3cba4fd84d3d706a17c7";

/// d of the curve, -121665/121666 mod p (RFC 8032 section 5.1).
const D: &[u8] = b"52036cee2b6ffe738cc740797779e89800700a4d4141d8ab75eb4dca135978a3";

/// Whether the encoding is canonical, the point is on the curve, and its order is not small.
pub(crate) fn is_good(encoded: &[u8; 32]) -> bool {
    let one = BigUint::from(1u8);
    let p = (&one << 255) - 19u8;
    let mut bytes = *encoded;
    bytes[31] &= 0x7f; // the sign of x
    let y = BigUint::from_bytes_le(&bytes);
    if y >= p {
        return false;
    }
    let (Some(d), Some(order_eight)) = (BigUint::parse_bytes(D, 16), BigUint::parse_bytes(ORDER_EIGHT_Y, 16))
    else {
        return false;
    };
    // y = 0 has order 4, y = 1 order 1, y = -1 order 2.
    let small = [BigUint::from(0u8), one.clone(), &p - &one, &p - &order_eight, order_eight];
    if small.contains(&y) {
        return false;
    }
    // x^2 = (y^2 - 1) / (d y^2 + 1): a square exactly if numerator times denominator is one (Euler's
    // criterion).
    let square = &y * &y % &p;
    let numerator = (&square + &p - &one) % &p;
    let denominator = (d * &square + &one) % &p;
    (numerator * denominator % &p).modpow(&((&p - &one) / 2u8), &p) == one
}

#[cfg(test)]
mod tests {
    use aws_lc_rs::signature::{Ed25519KeyPair, KeyPair};

    use super::*;

    #[test]
    fn every_generated_key_is_good() {
        for seed in 0..8 {
            let pair = Ed25519KeyPair::from_seed_unchecked(&[seed; 32]).unwrap();
            assert!(is_good(pair.public_key().as_ref().try_into().unwrap()));
        }
    }

    #[test]
    fn about_half_of_all_y_are_not_on_the_curve() {
        let good = (2..=201u8).filter(|n| is_good(&crate::digest::sha256(&[*n]))).count();
        assert!((60..140).contains(&good), "{good}");
    }

    #[test]
    fn small_order_and_second_encodings_are_refused() {
        let mut one = [0; 32];
        one[0] = 1;
        let mut minus_one = [0xff; 32];
        (minus_one[0], minus_one[31]) = (0xec, 0x7f);
        let mut p_plus_one = [0xff; 32];
        (p_plus_one[0], p_plus_one[31]) = (0xee, 0x7f);
        let mut eight: [u8; 32] =
            BigUint::parse_bytes(ORDER_EIGHT_Y, 16).unwrap().to_bytes_le().try_into().unwrap();
        for bytes in [[0; 32], one, minus_one, p_plus_one, eight] {
            assert!(!is_good(&bytes), "{bytes:x?}");
        }
        eight[31] |= 0x80;
        assert!(!is_good(&eight));
    }

    /// Doubling the point of order 8 gives y = 0: checks the constant against the curve's own law,
    /// y(2P) = (y^2 + x^2) / (2 - (y^2 - x^2)), so y^2 + x^2 must be 0.
    #[test]
    fn the_constant_of_order_eight_doubles_to_order_four() {
        let one = BigUint::from(1u8);
        let p = (&one << 255) - 19u8;
        let y = BigUint::parse_bytes(ORDER_EIGHT_Y, 16).unwrap();
        let square = &y * &y % &p;
        // x^2 = -y^2, so (y^2 - 1) = -y^2 (d y^2 + 1).
        let d = BigUint::parse_bytes(D, 16).unwrap();
        let right = &p - (&square * ((d * &square + &one) % &p) % &p);
        assert_eq!((&square + &p - &one) % &p, right);
    }
}
