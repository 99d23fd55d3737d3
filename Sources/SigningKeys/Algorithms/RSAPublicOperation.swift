// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

/// The RSA public operation, RSAVP1 of RFC 8017 (5.2.2), which swift-crypto keeps to itself.
///
/// Works on public values only, so that it need not run in constant time, and does not.
struct RSAPublicOperation {
    /// The modulus, in limbs of 64 bits, the lowest first.
    private let modulus: [UInt64]
    /// `-modulus⁻¹` modulo 2⁶⁴.
    private let negatedInverse: UInt64
    private let exponent: UInt64
    private let modulusLength: Int
    private let modulusBits: Int

    init(_ numbers: RSAPublicNumbers) {
        modulus = Self.limbs(numbers.modulus)
        exponent = numbers.exponent.reduce(0) { $0 << 8 | UInt64($1) }
        modulusLength = numbers.modulus.count
        modulusBits = numbers.bits
        // Each step doubles the number of right bits; an odd number is its own inverse modulo 8.
        var inverse = modulus[0]
        for _ in 0..<5 { inverse &*= 2 &- modulus[0] &* inverse }
        negatedInverse = 0 &- inverse
    }

    /// `signature` to the public exponent, as many bytes as the modulus has; nil if the signature is not
    /// smaller than the modulus, or of another length.
    func callAsFunction(_ signature: [UInt8]) -> [UInt8]? {
        guard signature.count == modulusLength else { return nil }
        let base = Self.limbs(signature)
        guard !isAtLeastModulus(base) else { return nil }
        // Montgomery's form of the base; then square and multiply, from the exponent's second highest bit.
        let form = product(base, squareOfRadix)
        var power = form
        for bit in (0..<(UInt64.bitWidth - exponent.leadingZeroBitCount - 1)).reversed() {
            power = product(power, power)
            if exponent >> UInt64(bit) & 1 == 1 { power = product(power, form) }
        }
        var one = [UInt64](repeating: 0, count: modulus.count)
        one[0] = 1
        return bytes(product(power, one))
    }

    /// The radix `2^(64 · limbs)`, squared, modulo the modulus: by doubling the highest power of two that is
    /// smaller than the modulus.
    private var squareOfRadix: [UInt64] {
        var value = [UInt64](repeating: 0, count: modulus.count)
        value[(modulusBits - 1) / 64] = 1 << UInt64((modulusBits - 1) % 64)
        for _ in 0..<(2 * 64 * modulus.count - (modulusBits - 1)) {
            var carry: UInt64 = 0
            for index in value.indices {
                let next = value[index] >> 63
                value[index] = value[index] << 1 | carry
                carry = next
            }
            if carry == 1 || isAtLeastModulus(value) { subtractModulus(from: &value) }
        }
        return value
    }

    /// Montgomery's product: `a · b / radix` modulo the modulus, for factors smaller than the modulus.
    private func product(_ a: [UInt64], _ b: [UInt64]) -> [UInt64] {
        let count = modulus.count
        var sum = [UInt64](repeating: 0, count: count)
        var top: UInt64 = 0
        for factor in b {
            var carry: UInt64 = 0
            for index in 0..<count {
                (sum[index], carry) = Self.multiplyAdd(a[index], factor, sum[index], carry)
            }
            let (high, overflow) = top.addingReportingOverflow(carry)
            let multiple = sum[0] &* negatedInverse
            (_, carry) = Self.multiplyAdd(multiple, modulus[0], sum[0], 0)
            for index in 1..<count {
                (sum[index - 1], carry) = Self.multiplyAdd(multiple, modulus[index], sum[index], carry)
            }
            let (last, secondOverflow) = high.addingReportingOverflow(carry)
            sum[count - 1] = last
            top = (overflow ? 1 : 0) + (secondOverflow ? 1 : 0)
        }
        if top != 0 || isAtLeastModulus(sum) { subtractModulus(from: &sum) }
        return sum
    }

    /// `a · b + c + d`, which always fits into two limbs.
    private static func multiplyAdd(
        _ a: UInt64,
        _ b: UInt64,
        _ c: UInt64,
        _ d: UInt64
    ) -> (low: UInt64, high: UInt64) {
        let product = a.multipliedFullWidth(by: b)
        let (first, overflow) = product.low.addingReportingOverflow(c)
        let (second, secondOverflow) = first.addingReportingOverflow(d)
        return (second, product.high &+ (overflow ? 1 : 0) &+ (secondOverflow ? 1 : 0))
    }

    private func isAtLeastModulus(_ value: [UInt64]) -> Bool {
        for index in modulus.indices.reversed() where value[index] != modulus[index] {
            return value[index] > modulus[index]
        }
        return true
    }

    /// Subtracts the modulus; a borrow out of the highest limb meets the carry that the caller holds.
    private func subtractModulus(from value: inout [UInt64]) {
        var borrow: UInt64 = 0
        for index in modulus.indices {
            let (first, underflow) = value[index].subtractingReportingOverflow(modulus[index])
            let (second, secondUnderflow) = first.subtractingReportingOverflow(borrow)
            value[index] = second
            borrow = underflow || secondUnderflow ? 1 : 0
        }
    }

    private static func limbs(_ bytes: [UInt8]) -> [UInt64] {
        var limbs = [UInt64](repeating: 0, count: (bytes.count + 7) / 8)
        for (index, byte) in bytes.reversed().enumerated() {
            limbs[index / 8] |= UInt64(byte) << UInt64(index % 8 * 8)
        }
        return limbs
    }

    private func bytes(_ limbs: [UInt64]) -> [UInt8] {
        (0..<modulusLength).reversed().map { index in
            UInt8(truncatingIfNeeded: limbs[index / 8] >> UInt64(index % 8 * 8))
        }
    }
}
