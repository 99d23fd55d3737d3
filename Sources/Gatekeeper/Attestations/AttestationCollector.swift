// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import Sigstore
import Transport
import TrustCore
import TrustPolicy

/// What was found out about the attestations of one package.
struct CollectedAttestations: Sendable {
    var sidecar: TrustPolicy.Sidecar?
    var attestations: [Attestation] = []
    var unverified: [UnverifiedAttestation] = []

    /// Nothing: none is promised, and none is there.
    init() {}

    init(unavailable refusal: Refusal) {
        sidecar = .unavailable(code: refusal.codeName, reason: refusal.reason)
    }

    func add(to evidence: inout Evidence) {
        evidence.sidecar = sidecar
        evidence.attestations = attestations
        evidence.unverifiedAttestations = unverified
    }
}

/// Fetches a package's attestations from the channel's mirrors, and verifies them (CEP 50, CEP 27).
///
/// Where the index promises a sidecar, the file that is named by its digest is fetched, and nothing is parsed
/// before the digest is right. Where it promises none, `.sigs` is not asked for either: CEP 50 has clients
/// discover attestations by the index alone. Only the name that prefix.dev uses, from before that, is looked
/// for: what is found under it binds itself to the package by the publishers' signatures.
struct AttestationCollector: Sendable {
    let mirrors: MirroredFetcher
    let cache: BlobCache
    /// Asked when there is something to verify; nil if no instance's word counts, and then nothing can be.
    let verifier: @Sendable () async throws -> BundleVerifier?

    /// The file whose attestations are wanted.
    struct Package: Sendable {
        let fileName: String
        let sha256: Digest
        /// Where it is, below the channel.
        let path: String
        /// The digest of the sidecar, if the index promises one.
        let promised: Digest?

        /// Where the sidecar is: beside the package, and so where CEP 15 has it.
        var sidecarPath: String {
            promised.map { Sigstore.Sidecar.fileName(of: path, $0) }
                ?? Sigstore.Sidecar.earlyFileName(of: path)
        }
    }

    /// - Throws: a `Failure` where it could not be found out whether there are any. What is bad about them is
    ///   a fact among others.
    func collect(_ package: Package) async throws -> CollectedAttestations {
        switch try await fetch(package) {
        case .found(let bytes): try await Self.verify(bytes, of: package, by: try await verifier())
        case .absent: CollectedAttestations()
        case .unavailable(let refusal): CollectedAttestations(unavailable: refusal)
        }
    }

    /// The bytes of a sidecar that the index promises, by their digest, unread; nil if it promises none.
    ///
    /// - Throws: a `Refusal` if no mirror has what is promised, or a `Failure`.
    func sidecar(of package: Package) async throws -> [UInt8]? {
        guard package.promised != nil else { return nil }
        switch try await fetch(package) {
        case .found(let bytes): return bytes
        case .absent: return nil
        case .unavailable(let refusal): throw refusal
        }
    }

    private enum Fetched {
        case found([UInt8])
        case absent
        case unavailable(Refusal)
    }

    private func fetch(_ package: Package) async throws -> Fetched {
        let promised = package.promised
        let limit = Sigstore.Sidecar.maximumLength
        if let promised, let bytes = try cache.bytes(of: promised, maximumLength: limit) {
            return .found(bytes)
        }
        // By mirror, whether it says that there is none; of one that was asked again, what it said last.
        var denials: [String: Bool] = [:]
        do {
            let bytes = try await mirrors.withMirror(package.sidecarPath) { mirror in
                denials[mirror.name] = false
                var bytes: [UInt8] = []
                do {
                    try await mirror.require(package.sidecarPath, maximumLength: limit) {
                        bytes.append(contentsOf: $0)
                    }
                } catch let failure as Failure where (failure.cause as? TransferFault) == .missing {
                    denials[mirror.name] = true
                    throw failure
                }
                // CEP 50: before anything is parsed. A mirror with other bytes is left for the next one.
                if let promised { try Self.check(bytes, promised, package) }
                return bytes
            }
            if let promised {
                try await cache.store(expected: promised, size: nil) { sink in
                    try bytes.withUnsafeBytes { try sink($0) }
                }
            }
            return .found(bytes)
        } catch let refusal as Refusal {
            return .unavailable(refusal)
        } catch let failure as Failure where failure.kind == .network {
            guard promised != nil else {
                guard denials.values.contains(true) else { throw failure }
                return .absent
            }
            // A network that does not answer says nothing: all mirrors must deny it.
            guard !denials.isEmpty, denials.values.allSatisfy(\.self) else { throw failure }
            return .unavailable(Refusal(GateCode.sidecarMissing, package.fileName, at: package.sidecarPath))
        }
    }

    private static func check(_ bytes: [UInt8], _ promised: Digest, _ package: Package) throws {
        let found = Digest.of(bytes, by: promised.algorithm)
        guard found == promised else {
            throw Refusal(
                AttestationCode.sidecarDigest,
                package.fileName,
                expected: promised.description,
                found: found.description
            )
        }
    }
}

// MARK: - Verifying

extension AttestationCollector {
    /// Verifies each attestation by itself: one that is bad does not spoil the others.
    @concurrent
    private static func verify(
        _ bytes: [UInt8],
        of package: Package,
        by verifier: BundleVerifier?
    ) async throws -> CollectedAttestations {
        let sidecar: Sigstore.Sidecar
        do {
            sidecar = try Sigstore.Sidecar(parsing: bytes, expecting: package.promised, of: package.fileName)
        } catch let refusal as Refusal {
            return CollectedAttestations(unavailable: refusal)
        }
        let verified = try VerifiedSidecar(
            sidecar,
            of: package.fileName,
            sha256: package.sha256,
            by: verifier
        )
        var collected = CollectedAttestations()
        collected.sidecar = .read
        collected.attestations = verified.attestations
        collected.unverified = verified.unverified
        return collected
    }
}
