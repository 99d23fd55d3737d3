// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

internal import CondaFormats
internal import Gatekeeper
internal import Sigstore
internal import Synchronization
internal import TrustCore
internal import TrustPolicy

/// What became of the attestations of a file when this server verified them.
enum FileAttestations: Sendable {
    /// It has none.
    case none
    /// It has some, and this is what holds of them and what does not.
    case read(VerifiedSidecar)
    /// It has some, and they could not be read, or there are no keys to verify them with.
    case unreadable
}

/// Verifies attestations for pages, as it was done when they came, with the keys that the server has now; and keeps what
/// came of it for a while, for it costs more than anything else on a page.
final class AttestationReader: Sendable {
    private struct Key: Hashable {
        let file: Digest
        let name: String
        let attestations: Digest
    }

    private let blobs: any BlobStore
    private let now: @Sendable () -> Timestamp
    private let verifier: @Sendable () async throws -> BundleVerifier
    private let known = Mutex<[Key: (until: Timestamp, answer: FileAttestations)]>([:])
    /// Of how many files it is kept, and for how many seconds.
    private static let capacity = 1024, lifetime: Int64 = 600
    /// The most attestations that are looked at for a page.
    static let maximumCount = 16

    init(_ parts: ServerParts, verifier: @escaping @Sendable () async throws -> BundleVerifier) {
        blobs = parts.blobs
        now = parts.now
        self.verifier = verifier
    }

    /// What holds of a file's attestations.
    func attestations(of file: HostedFile) async -> FileAttestations {
        guard let digest = file.attestations, file.state != .removed else { return .none }
        let key = Key(file: file.sha256, name: file.fileName.text, attestations: digest), now = now()
        if let entry = known.withLock({ $0[key] }), now < entry.until { return entry.answer }
        let answer: FileAttestations
        do {
            answer = .read(try await read(file, digest))
        } catch {
            answer = .unreadable
        }
        known.withLock { known in
            if known.count >= Self.capacity { known.removeAll() }
            known[key] = (now.advanced(bySeconds: Self.lifetime), answer)
        }
        return answer
    }

    private func read(_ file: HostedFile, _ digest: Digest) async throws -> VerifiedSidecar {
        let name = file.fileName.text, limit = Sigstore.Sidecar.maximumLength
        let bytes = try await blobs.bytes(of: digest, maximumLength: limit)
        let sidecar = try Sigstore.Sidecar(parsing: bytes, expecting: digest, of: name)
        guard sidecar.bundles.count <= Self.maximumCount else {
            throw Failure(.configuration, "more attestations than a page looks at")
        }
        return try VerifiedSidecar(sidecar, of: name, sha256: file.sha256, by: try await verifier())
    }
}
