// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import SwiftASN1
public import TrustCore

/// What a timestamp says: `TSTInfo` (RFC 3161, 2.4.2). Unverified.
public struct TimestampInfo: Sendable, Hashable {
    /// The digest of what was there.
    public let imprint: Digest
    /// When it was there.
    public let moment: Moment
    /// The number that the request gave, without leading zeros; nil if it gave none.
    public let nonce: [UInt8]?
    /// The number of the timestamp: the contents of its `INTEGER`, which some authorities make negative.
    public let serialNumber: [UInt8]
    /// The rules that the authority follows, in dotted form.
    public let policy: String

    /// Reads the DER of it.
    init(der: [UInt8], _ what: String) throws {
        var fields = DERFields(try DERElement.elements(DER.parse(der), .sequence))
        guard let version = fields.next(), try DERElement.contents(version, .integer) == [1] else {
            throw Self.invalid("another version than 1")
        }
        guard let policy = fields.next(), let imprint = fields.next(), let serialNumber = fields.next(),
            let moment = fields.next()
        else { throw Self.invalid("fields missing") }
        self.policy = try ASN1ObjectIdentifier(derEncoded: policy).description
        self.imprint = try Self.imprint(imprint, what)
        self.serialNumber = try DERElement.contents(serialNumber, .integer)
        self.moment = try DERTime.generalizedTime(moment)
        // How exact it is, and whether timestamps are in order: nothing here depends on them.
        if let accuracy = fields.next(.sequence) { _ = try DERElement.elements(accuracy, .sequence) }
        if let ordering = fields.next(.boolean), try DERElement.contents(ordering, .boolean) != [0xFF] {
            throw Self.invalid("a default that is written")
        }
        nonce = try fields.next(.integer).map(Self.positive)
        _ = fields.next(ASN1Identifier(tagWithNumber: 0, tagClass: .contextSpecific))
        if let extensions = fields.next(ASN1Identifier(tagWithNumber: 1, tagClass: .contextSpecific)) {
            try Self.checkCritical(extensions)
        }
        guard fields.isAtEnd else { throw Self.invalid("more fields") }
    }

    private static func imprint(_ node: ASN1Node, _ what: String) throws -> Digest {
        let parts = try DERElement.elements(node, .sequence)
        guard parts.count == 2 else { throw invalid("an imprint of other parts") }
        let algorithm = try TimestampHash.read(parts[0], what)
        guard let digest = Digest(algorithm, bytes: try DERElement.contents(parts[1], .octetString)) else {
            throw invalid("a digest of another length")
        }
        return digest
    }

    /// No extension is known, so that none may be critical.
    private static func checkCritical(_ node: ASN1Node) throws {
        for found in try DERElement.elements(node, node.identifier) {
            let parts = try DERElement.elements(found, .sequence)
            guard (2...3).contains(parts.count) else { throw invalid("an extension of other parts") }
            // Written only where it is true, in DER.
            if parts.count == 3 { throw invalid("a critical extension") }
        }
    }

    /// The magnitude of an `INTEGER` that is not negative, in the fewest bytes.
    private static func positive(_ node: ASN1Node) throws -> [UInt8] {
        Array(try ArraySlice<UInt8>(derEncoded: node).drop { $0 == 0 })
    }

    private static func invalid(_ reason: String) -> ASN1Error { .invalidASN1Object(reason: reason) }
}

/// The fields of a sequence, one after the other.
struct DERFields {
    private var rest: ArraySlice<ASN1Node>

    init(_ nodes: [ASN1Node]) { rest = nodes[...] }

    var isAtEnd: Bool { rest.isEmpty }

    mutating func next() -> ASN1Node? { rest.popFirst() }

    /// The next field, if it has this tag.
    mutating func next(_ tag: ASN1Identifier) -> ASN1Node? {
        rest.first?.identifier == tag ? rest.popFirst() : nil
    }
}

/// The hash functions that count in timestamps, by their object identifiers (RFC 5754).
enum TimestampHash {
    private static let algorithms: [ASN1ObjectIdentifier: DigestAlgorithm] = [
        [2, 16, 840, 1, 101, 3, 4, 2, 1]: .sha256,
        [2, 16, 840, 1, 101, 3, 4, 2, 2]: .sha384,
        [2, 16, 840, 1, 101, 3, 4, 2, 3]: .sha512,
    ]

    /// Reads an `AlgorithmIdentifier`.
    ///
    /// - Throws: ``TimestampCode/hash`` for another hash function.
    static func read(_ node: ASN1Node, _ what: String) throws -> DigestAlgorithm {
        let identifier = try DERElement.algorithm(node)
        guard let algorithm = algorithms[identifier] else {
            throw Refusal(TimestampCode.hash, what, found: "`\(identifier)`")
        }
        return algorithm
    }

    /// The object identifier of a hash function that counts; nil for others.
    static func identifier(_ algorithm: DigestAlgorithm) -> ASN1ObjectIdentifier? {
        algorithms.first { $0.value == algorithm }?.key
    }
}
