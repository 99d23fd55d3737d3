// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import ArgumentParser
import Foundation
import Sigstore
import Transport
import TrustCore

struct SignBundle: AsyncParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Sign a file or a statement.")

    @Flag(help: "Sign with the staging instance in place of the public one.")
    var staging = false
    @Flag(help: "The file is an in-toto statement, and is signed in an envelope.")
    var inToto = false
    @Option(help: "The identity token.")
    var identityToken: String
    @Option(help: "Where the bundle goes.")
    var bundle: String
    @Option(help: "The instance's keys, as `trusted_root.json`.")
    var trustedRoot: String?
    @Option(help: "The instance's services, as `signing_config.json`.")
    var signingConfig: String?
    @Argument(help: "The file.")
    var file: String

    func run() async throws {
        let caller = HTTPServiceCaller()
        do {
            let signed = try await sign(caller)
            await caller.shutdown()
            try Data(signed.bytes).write(to: URL(fileURLWithPath: bundle), options: .atomic)
        } catch {
            await caller.shutdown()
            guard error is Refusal || error is Failure else { throw error }
            FileHandle.standardError.write(Data("\(error)\n".utf8))
            throw ExitCode((error as? Refusal)?.code.entry.kind.exitStatus ?? 6)
        }
    }

    private func sign(_ caller: HTTPServiceCaller) async throws -> SignedBundle {
        let instance = staging ? SigstoreInstance.staging : .publicGood
        let signer = BundleSigner(
            .certified(try GivenIdentity(identityToken)),
            config: try SigningConfig(
                parsing: signingConfig.map(VerifyBundle.read) ?? instance.signingConfig
            ),
            root: try TrustedRoot(parsing: trustedRoot.map(VerifyBundle.read) ?? instance.trustedRoot),
            surroundings: BundleSigner.Surroundings(
                caller: RetryingCaller(
                    caller,
                    jitter: { Double.random(in: 0...1) },
                    pause: { try await Task.sleep(for: $0) }
                ),
                now: { Timestamp(seconds: Int64(Date().timeIntervalSince1970)) },
                nonce: { (0..<8).map { _ in UInt8.random(in: .min ... .max) } }
            )
        )
        let bytes = try VerifyBundle.read(file)
        guard inToto else { return try await signer.sign(file: bytes) }
        // The suite does not say which file it is about: whichever its first subject is.
        let digest = try Statement(parsing: bytes).subjects.first?.digest(.sha256)
        return try await signer.sign(statement: bytes, about: .digests(digest.map { [$0] } ?? []))
    }
}
