// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import SwiftASN1

/// Small readings of DER elements that certificates and timestamps share.
enum DERElement {
    /// The contents of a primitive element with this tag.
    static func contents(_ node: ASN1Node, _ tag: ASN1Identifier) throws -> [UInt8] {
        guard node.identifier == tag, case .primitive(let bytes) = node.content else {
            throw ASN1Error.unexpectedFieldType(node.identifier)
        }
        return Array(bytes)
    }

    /// The elements in a constructed element with this tag.
    static func elements(_ node: ASN1Node, _ tag: ASN1Identifier) throws -> [ASN1Node] {
        guard node.identifier == tag, case .constructed(let nodes) = node.content else {
            throw ASN1Error.unexpectedFieldType(node.identifier)
        }
        return Array(nodes)
    }

    /// The object identifier of an `AlgorithmIdentifier` whose parameters are absent or `NULL`, as those of
    /// all hash functions and signatures that count are (RFC 5754, RFC 4055).
    static func algorithm(_ node: ASN1Node) throws -> ASN1ObjectIdentifier {
        let parts = try elements(node, .sequence)
        guard let first = parts.first, parts.count <= 2 else {
            throw ASN1Error.invalidASN1Object(reason: "an algorithm of other parts")
        }
        if parts.count == 2 {
            guard try contents(parts[1], .null).isEmpty else {
                throw ASN1Error.invalidASN1Object(reason: "a null that is not empty")
            }
        }
        return try ASN1ObjectIdentifier(derEncoded: first)
    }

    /// The text of a DER `UTF8String` that is alone in these bytes, and valid UTF-8.
    static func utf8String(_ bytes: ArraySlice<UInt8>) -> String? {
        guard let node = try? DER.parse(bytes), let contents = try? contents(node, .utf8String) else {
            return nil
        }
        return text(contents[...])
    }

    /// Text of valid UTF-8 without control characters.
    static func text(_ bytes: ArraySlice<UInt8>) -> String? {
        guard let text = String(validating: bytes, as: UTF8.self),
            text.unicodeScalars.allSatisfy({ $0.value >= 0x20 && !(0x7F...0x9F).contains($0.value) })
        else { return nil }
        return text
    }
}
