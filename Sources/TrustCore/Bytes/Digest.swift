// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import Crypto

/// The hash functions that conda, TUF and Sigstore name.
public enum DigestAlgorithm: String, Sendable, CaseIterable {
    case sha256
    case sha384
    case sha512
    /// Broken against collisions: read where a format has nothing else, and never enough to admit a package.
    case md5

    /// The length of a digest, in bytes.
    public var byteCount: Int {
        switch self {
        case .sha256: 32
        case .sha384: 48
        case .sha512: 64
        case .md5: 16
        }
    }
}

/// A digest of the right length for its algorithm.
public struct Digest: Hashable, Sendable {
    /// The hash function it was made with.
    public let algorithm: DigestAlgorithm
    /// The digest itself, `algorithm.byteCount` bytes.
    public let bytes: [UInt8]

    /// Takes a digest made elsewhere; nil if the length does not fit.
    public init?(_ algorithm: DigestAlgorithm, bytes: some Collection<UInt8>) {
        guard bytes.count == algorithm.byteCount else { return nil }
        self.algorithm = algorithm
        self.bytes = Array(bytes)
    }

    /// Reads hexadecimal text; nil if it is none or the length does not fit.
    public init?(_ algorithm: DigestAlgorithm, hex: some StringProtocol) {
        guard let bytes = Hex.decode(hex) else { return nil }
        self.init(algorithm, bytes: bytes)
    }

    /// Lower-case hexadecimal text.
    public var hex: String { Hex.encode(bytes) }

    /// Digests bytes that are in memory.
    public static func of(_ bytes: [UInt8], by algorithm: DigestAlgorithm = .sha256) -> Digest {
        var hasher = StreamingDigest(algorithm)
        hasher.update(bytes)
        return hasher.finish()
    }

    /// Refuses bytes whose digest is another one (`digest.mismatch`).
    public func check(_ bytes: [UInt8], of subject: String) throws {
        try check(Digest.of(bytes, by: algorithm), of: subject)
    }

    /// Refuses another digest of the same algorithm (`digest.mismatch`).
    public func check(_ found: Digest, of subject: String) throws {
        guard found == self else {
            throw Refusal(CoreCode.digestMismatch, subject, expected: description, found: found.description)
        }
    }

    fileprivate init(unchecked algorithm: DigestAlgorithm, bytes: [UInt8]) {
        self.algorithm = algorithm
        self.bytes = bytes
    }
}

extension Digest: CustomStringConvertible {
    /// `sha256:` and the hexadecimal digest.
    public var description: String { "\(algorithm.rawValue):\(hex)" }
}

/// Digests bytes as they pass by.
public struct StreamingDigest: Sendable {
    private enum State: Sendable {
        case sha256(SHA256)
        case sha384(SHA384)
        case sha512(SHA512)
        case md5(Insecure.MD5)
        /// Only while bytes are taken in.
        case taken
    }

    /// The hash function in use.
    public let algorithm: DigestAlgorithm
    /// How many bytes were taken in so far.
    public private(set) var byteCount: UInt64 = 0
    private var state: State

    /// Starts a digest.
    public init(_ algorithm: DigestAlgorithm = .sha256) {
        self.algorithm = algorithm
        state =
            switch algorithm {
            case .sha256: .sha256(SHA256())
            case .sha384: .sha384(SHA384())
            case .sha512: .sha512(SHA512())
            case .md5: .md5(Insecure.MD5())
            }
    }

    /// Takes in more bytes.
    public mutating func update(_ bytes: [UInt8]) {
        bytes.withUnsafeBytes { update($0) }
    }

    /// Takes in more bytes.
    public mutating func update(_ bytes: UnsafeRawBufferPointer) {
        byteCount += UInt64(bytes.count)
        // Hashers copy themselves when they are shared: nobody else may hold this one while it changes.
        let own = state
        state = .taken
        switch consume own {
        case .sha256(var hash):
            hash.update(bufferPointer: bytes)
            state = .sha256(hash)
        case .sha384(var hash):
            hash.update(bufferPointer: bytes)
            state = .sha384(hash)
        case .sha512(var hash):
            hash.update(bufferPointer: bytes)
            state = .sha512(hash)
        case .md5(var hash):
            hash.update(bufferPointer: bytes)
            state = .md5(hash)
        case .taken: preconditionFailure("a digest takes in one piece at a time")
        }
    }

    /// The digest of all that was taken in.
    public func finish() -> Digest {
        switch state {
        case .sha256(let hash): Digest(unchecked: algorithm, bytes: Array(hash.finalize()))
        case .sha384(let hash): Digest(unchecked: algorithm, bytes: Array(hash.finalize()))
        case .sha512(let hash): Digest(unchecked: algorithm, bytes: Array(hash.finalize()))
        case .md5(let hash): Digest(unchecked: algorithm, bytes: Array(hash.finalize()))
        case .taken: preconditionFailure("a digest takes in one piece at a time")
        }
    }
}
