// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import ArgumentParser
import Foundation
import SigningKeys
import Sigstore
import TrustCore

/// Kingsnake's verification and signing of bundles behind the command line that the public suite (`sigstore-conformance`) calls.
///
/// Exit status 0 if the bundle is good, or was made; anything else if not, with the refusal's code on standard error.
@main
struct SigstoreClient: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "sigstore-client",
        abstract: "A Sigstore client for the conformance suite.",
        subcommands: [SignBundle.self, VerifyBundle.self]
    )
}

struct VerifyBundle: AsyncParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Verify a bundle.")

    @Flag(help: "Use the staging instance's keys in place of the public one's.")
    var staging = false
    @Option(help: "The bundle.")
    var bundle: String
    @Option(help: "The name that the certificate must have.")
    var certificateIdentity: String?
    @Option(
        name: .customLong("certificate-oidc-issuer"),
        help: "The identity provider that must vouch for it."
    )
    var certificateOIDCIssuer: String?
    @Option(help: "The public key that must have signed, in PEM.")
    var key: String?
    @Option(help: "The instance's keys, as `trusted_root.json`.")
    var trustedRoot: String?
    @Argument(help: "The file, or `sha256:` and its digest.")
    var fileOrDigest: String

    func run() async throws {
        do {
            try verify()
        } catch let refusal as Refusal {
            FileHandle.standardError.write(Data("\(refusal)\n".utf8))
            throw ExitCode(refusal.code.entry.kind.exitStatus)
        }
    }

    private func verify() throws {
        let root = try TrustedRoot(
            parsing: trustedRoot.map(Self.read)
                ?? (staging ? SigstoreInstance.staging : .publicGood).trustedRoot
        )
        let verifier = BundleVerifier(root)
        // The suite has bundles of all versions.
        let bundle = try Bundle(parsing: Self.read(bundle), allowing: Set(Bundle.Version.allCases))
        if let key {
            let known = try VerificationKey(pem: String(decoding: Self.read(key), as: UTF8.self))
            _ = try verifier.verify(bundle, of: artifact(), by: BundleVerifier.KnownKey(known))
            return
        }
        let verified = try verifier.verify(bundle, of: artifact())
        guard let certificateIdentity, let certificateOIDCIssuer else {
            throw ValidationError(
                "--certificate-identity and --certificate-oidc-issuer, or --key, must be given"
            )
        }
        guard let certificate = verified.certificate else {
            throw Refusal(VerificationCode.keyUnexpected, "bundle")
        }
        try certificate.certificate.identity.check(
            value: certificateIdentity,
            issuer: certificateOIDCIssuer
        )
    }

    private func artifact() throws -> Artifact {
        let prefix = "sha256:"
        if fileOrDigest.hasPrefix(prefix), !FileManager.default.fileExists(atPath: fileOrDigest),
            let digest = Digest(.sha256, hex: fileOrDigest.dropFirst(prefix.count))
        {
            return .digests([digest])
        }
        return .bytes(try Self.read(fileOrDigest))
    }

    static func read(_ path: String) throws -> [UInt8] {
        Array(try Data(contentsOf: URL(fileURLWithPath: path)))
    }
}
