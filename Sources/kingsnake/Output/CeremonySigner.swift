// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import ArgumentParser
import ContentTrust
import SigningKeys
import TrustCore

/// Who signs a proposal: a key that signs any message, or one in GnuPG, which signs roots of conda content
/// trust only.
enum CeremonySigner {
    case key(any Signer)
    case gnuPG(GnuPG, PublicKey)

    /// A fingerprint that is none is a slip of the fingers.
    static func check(gpg fingerprint: String?) throws {
        guard let fingerprint, (try? GnuPG(fingerprint: fingerprint)) == nil else { return }
        throw ValidationError(
            "--gpg: `\(fingerprint)` is no fingerprint: expected the 40 digits that `gpg --fingerprint` shows"
        )
    }

    /// Asks GnuPG for the public half of a key.
    init(gpg fingerprint: String) async throws {
        let gpg = try GnuPG(fingerprint: fingerprint)
        let key = try OpenPGPKey.key(of: gpg.fingerprint, in: await gpg.exportedKey())
        self = .gnuPG(gpg, key)
    }

    var publicKey: PublicKey {
        switch self {
        case .key(let signer): signer.publicKey
        case .gnuPG(_, let key): key
        }
    }

    /// The names of the roles that it signs of a proposal.
    func roleNames(in proposal: any SignableProposal) throws -> [String] {
        let names = proposal.roleNames(signedBy: publicKey)
        guard case .gnuPG = self else { return names }
        return try Self.root(of: proposal) == nil ? [] : names.filter { $0 == TrustRole.root.rawValue }
    }

    /// The file of its signatures.
    func signatureFile(of proposal: any SignableProposal, now: Timestamp) async throws -> [UInt8] {
        switch self {
        case .key(let signer): return try await proposal.signatureFile(by: signer, now: now)
        case .gnuPG(let gpg, let key):
            guard let proposal = proposal as? TrustProposal, let root = try Self.root(of: proposal) else {
                throw proposal.stranger(key, named: gpg.hex)
            }
            let packet = try await gpg.detachedSignature(of: root.signedBytes)
            return try proposal.signatures(openPGP: packet, by: key, fingerprint: gpg.fingerprint).encoded()
        }
    }

    private static func root(of proposal: any SignableProposal) throws -> TrustEnvelope? {
        guard let proposal = proposal as? TrustProposal else {
            throw Failure(
                .configuration,
                "keys in GnuPG sign roots of conda content trust only, and the proposal is of TUF",
                remedy: "sign it with `--key KEY`"
            )
        }
        return proposal.root
    }
}
