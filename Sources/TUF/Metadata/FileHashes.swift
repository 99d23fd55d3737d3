// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

public import TrustCore

/// The digests that metadata promises for a file, at least one of them by a hash function that we trust.
///
/// Digests by functions we do not know are kept and written back, and never checked.
public struct FileHashes: Sendable, Equatable {
    /// The digests to check, all of them; never empty.
    public let digests: [Digest]
    private let others: JSONObject

    /// Takes digests.
    ///
    /// - Precondition: there is at least one, and none is MD5.
    public init(_ digests: [Digest]) {
        precondition(
            !digests.isEmpty && digests.allSatisfy { Self.trusted.contains($0.algorithm) },
            "a file is promised by SHA-256 or SHA-512"
        )
        self.digests = digests
        others = JSONObject()
    }

    /// Digests a file that is in memory.
    public init(of bytes: [UInt8], by algorithms: [DigestAlgorithm] = [.sha256]) {
        self.init(algorithms.map { Digest.of(bytes, by: $0) })
    }

    private static let trusted: [DigestAlgorithm] = [.sha256, .sha512]

    init(_ fields: JSONFields) throws {
        var digests: [Digest] = []
        for algorithm in Self.trusted {
            guard let text = try fields.optionalString(algorithm.rawValue) else { continue }
            guard let digest = Digest(algorithm, hex: text) else {
                throw Refusal(
                    TUFCode.hashFormat,
                    fields.subject,
                    expected: "\(algorithm.byteCount * 2) hexadecimal digits",
                    found: "`\(text)`"
                )
            }
            digests.append(digest)
        }
        // An empty or unknown list of hashes would mean that anything fits (go-tuf 17b4808).
        guard !digests.isEmpty else {
            throw Refusal(
                TUFCode.noSupportedHash,
                fields.subject,
                expected: "`sha256` or `sha512`",
                found: fields.object.keys.isEmpty ? "nothing" : fields.object.keys.joined(separator: ", ")
            )
        }
        self.digests = digests
        others = fields.unrecognized(besides: Self.trusted.map(\.rawValue))
    }

    /// The digest by one function, if it is promised.
    public func digest(by algorithm: DigestAlgorithm) -> Digest? {
        digests.first { $0.algorithm == algorithm }
    }

    /// The first promised digest that the bytes do not have; nil if they have all.
    ///
    /// - Parameter sha256: The SHA-256 of the bytes, where it is known already.
    func mismatch(in bytes: [UInt8], sha256: Digest? = nil) -> (expected: Digest, found: Digest)? {
        for expected in digests {
            let known = expected.algorithm == .sha256 ? sha256 : nil
            let found = known ?? Digest.of(bytes, by: expected.algorithm)
            if found != expected { return (expected, found) }
        }
        return nil
    }

    func encoded() -> JSONValue {
        var object = JSONObject()
        for digest in digests { object[digest.algorithm.rawValue] = .string(digest.hex) }
        return .object(object.adding(others))
    }
}
