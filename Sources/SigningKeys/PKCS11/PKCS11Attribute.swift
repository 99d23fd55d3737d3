// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import CPKCS11

/// An attribute of an object, to look for it or to make it.
struct PKCS11Attribute {
    let type: CK_ATTRIBUTE_TYPE
    let value: [UInt8]

    static func bytes(_ type: CK_ATTRIBUTE_TYPE, _ value: [UInt8]) -> Self { Self(type: type, value: value) }

    static func flag(_ type: CK_ATTRIBUTE_TYPE, _ value: Bool) -> Self {
        Self(type: type, value: [value ? 1 : 0])
    }

    static func number(_ type: CK_ATTRIBUTE_TYPE, _ value: CK_ULONG) -> Self {
        Self(type: type, value: withUnsafeBytes(of: value) { Array($0) })
    }

    /// Hands the attributes, as the standard lays them out, to a function that must not keep them.
    static func withTemplate<Result>(
        _ attributes: [PKCS11Attribute],
        _ body: (UnsafeMutableBufferPointer<CK_ATTRIBUTE>) throws -> Result
    ) rethrows -> Result {
        // All values in one place that stays where it is, each at an offset that any value may have.
        let stride = MemoryLayout<CK_ULONG>.alignment
        let lengths = attributes.map { ($0.value.count + stride - 1) / stride * stride }
        let storage = UnsafeMutableRawBufferPointer.allocate(
            byteCount: max(lengths.reduce(0, +), stride),
            alignment: stride
        )
        defer { storage.deallocate() }
        var template: [CK_ATTRIBUTE] = []
        var offset = 0
        for (attribute, length) in zip(attributes, lengths) {
            let place = UnsafeMutableRawBufferPointer(rebasing: storage[offset..<(offset + length)])
            place.copyBytes(from: attribute.value)
            template.append(
                CK_ATTRIBUTE(
                    type: attribute.type,
                    pValue: place.baseAddress,
                    ulValueLen: CK_ULONG(attribute.value.count)
                )
            )
            offset += length
        }
        return try template.withUnsafeMutableBufferPointer { try body($0) }
    }
}
