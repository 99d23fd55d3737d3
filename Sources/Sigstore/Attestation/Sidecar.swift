// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import SigningKeys
public import TrustCore

/// The file beside a package that has its attestations (CEP 50): a JSON array of bundles.
///
/// Its bytes are kept as they are: the index names their digest, and they are served and mirrored unchanged.
/// That each element is an object is checked; what it says, and whether it is true, is not.
public struct Sidecar: Sendable {
    /// The longest file, in bytes.
    public static let maximumLength = BundleLimits.bytes
    /// The most bundles.
    public static let maximumCount = 32

    /// The whole file.
    public let bytes: [UInt8]
    /// Where each bundle is in it.
    private let ranges: [Range<Int>]

    /// Reads a file.
    ///
    /// - Parameters:
    ///   - expected: the digest that the index names (``digest(advertised:of:)``), which is compared before
    ///     anything is parsed; nil only for a file that no index names, such as one on the user's disk.
    ///   - subject: the package, for messages.
    /// - Throws: `limit.too-large`, `attestation.sidecar-digest`, `attestation.sidecar-shape`,
    ///   `attestation.limit`, or a `json.…` code.
    public init(parsing bytes: [UInt8], expecting expected: Digest?, of subject: String) throws {
        guard bytes.count <= Self.maximumLength else {
            throw Refusal(
                CoreCode.tooLarge,
                subject,
                expected: "at most \(Self.maximumLength) bytes",
                found: "\(bytes.count) bytes"
            )
        }
        if let expected {
            let found = Digest.of(bytes, by: expected.algorithm)
            guard found == expected else {
                throw Refusal(
                    AttestationCode.sidecarDigest,
                    subject,
                    expected: expected.description,
                    found: found.description
                )
            }
        }
        ranges = try Self.split(bytes, subject)
        self.bytes = bytes
    }

    /// Makes a file of bundles, each kept as its bytes are, without white space around it. One that is there
    /// twice is written once.
    ///
    /// - Throws: as the other initialiser, and for each that is no bundle of version 0.3 as ``Bundle`` does.
    public init(bundles: [[UInt8]], of subject: String) throws {
        for bundle in bundles { _ = try Bundle(parsing: bundle, of: subject) }
        try self.init(joining: bundles, of: subject)
    }

    /// The file with one more bundle at its end. Those that were there keep their bytes.
    public func appending(_ bundle: [UInt8], of subject: String) throws -> Sidecar {
        _ = try Bundle(parsing: bundle, of: subject)
        let known = bundles
        guard !known.contains(Self.trimmed(bundle)) else { return self }
        return try Sidecar(joining: known + [bundle], of: subject)
    }

    private init(joining parts: [[UInt8]], of subject: String) throws {
        var seen: Set<[UInt8]> = []
        let distinct = parts.map(Self.trimmed).filter { seen.insert($0).inserted }
        let bytes = Array("[".utf8) + distinct.joined(separator: ",".utf8) + "]\n".utf8
        try self.init(parsing: bytes, expecting: nil, of: subject)
    }

    private static func trimmed(_ bytes: [UInt8]) -> [UInt8] {
        let start = bytes.firstIndex { !space.contains($0) } ?? bytes.endIndex
        let end = bytes.lastIndex { !space.contains($0) } ?? start
        return start < bytes.endIndex ? Array(bytes[start...end]) : []
    }

    private static let space: [UInt8] = [0x20, 0x0A, 0x0D, 0x09]

    /// How many bundles there are: at least one.
    public var count: Int { ranges.count }

    /// The bytes of each bundle, as they are in the file.
    public var bundles: [[UInt8]] { ranges.map { Array(bytes[$0]) } }

    /// SHA-256 of the file: what the index names it by.
    public var digest: Digest { Digest.of(bytes) }
}

// MARK: - Names

extension Sidecar {
    /// Reads what an index says in `attestations_sha256` (`attestation.sidecar-reference`). No URL is made of
    /// anything else.
    public static func digest(advertised text: String, of subject: String) throws -> Digest {
        guard let digest = Digest(.sha256, hex: text), ByteKey.areEqual(digest.hex, text) else {
            throw Refusal(
                AttestationCode.sidecarReference,
                subject,
                at: "field `attestations_sha256`",
                expected: "64 lower-case hexadecimal digits",
                found: "`\(Printable.text(text))`"
            )
        }
        return digest
    }

    /// The name of the file whose bytes never change. It stands beside the package, wherever that is.
    public static func fileName(of package: String, _ digest: Digest) -> String {
        "\(package).sigs.\(digest.hex)"
    }

    /// The name of the file that always has the newest attestations, for tools that do not read the index.
    public static func newestFileName(of package: String) -> String { "\(package).sigs" }

    /// The name that prefix.dev serves them by, from before there was a standard. No index names its digest.
    public static func earlyFileName(of package: String) -> String { "\(package).v0.sigs" }
}

// MARK: - Reading

extension Sidecar {
    /// Finds the elements, each of which is read as JSON once, so that none can end elsewhere than its reader
    /// thinks.
    private static func split(_ bytes: [UInt8], _ subject: String) throws -> [Range<Int>] {
        func shape(_ found: String) -> Refusal {
            Refusal(AttestationCode.sidecarShape, subject, expected: "an array of bundles", found: found)
        }
        func syntax(_ at: Int, _ expected: String) -> Refusal {
            Refusal(CoreCode.jsonSyntax, subject, at: "byte \(at)", expected: expected)
        }
        var at = 0
        func skipSpace() {
            while at < bytes.count, space.contains(bytes[at]) { at += 1 }
        }
        func take(_ scalar: Unicode.Scalar) -> Bool {
            guard at < bytes.count, bytes[at] == UInt8(ascii: scalar) else { return false }
            at += 1
            return true
        }
        skipSpace()
        guard take("[") else {
            let value = try JSONReader.read(bytes, of: subject, limits: BundleLimits.json)
            throw shape(value.typeName)
        }
        var ranges: [Range<Int>] = []
        skipSpace()
        guard !take("]") else { throw shape("an empty array") }
        repeat {
            skipSpace()
            guard ranges.count < maximumCount else {
                throw Refusal(AttestationCode.limit, subject, expected: "at most \(maximumCount) bundles")
            }
            let start = at
            let element = try JSONReader.read(
                prefixOf: bytes,
                from: start,
                of: subject,
                limits: BundleLimits.json
            )
            guard element.value.object != nil else { throw shape("\(element.value.typeName) in it") }
            at = element.end
            ranges.append(start..<at)
            skipSpace()
        } while take(",")
        guard take("]") else { throw syntax(at, "`,` or `]`") }
        skipSpace()
        guard at == bytes.count else {
            throw Refusal(CoreCode.jsonTrailing, subject, at: "byte \(at)", expected: "the end of the text")
        }
        return ranges
    }
}
