// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import TrustCore

/// A signer that asks a command: for keys in a cloud's key service, on another machine, behind an air gap.
///
/// The command gets the message, as it is, on standard input: hashing it as the scheme of the key demands is
/// the command's business (for ML-DSA that includes the prefix of ``SignatureScheme/mlDSA65``). It answers
/// the signature on standard output as raw bytes and nothing else: 64 bytes for Ed25519, DER for ECDSA, as
/// long as the modulus for RSA. It ends with status 0. What it writes to standard error is shown where it
/// fails.
///
/// There is no shell in between. The command inherits the environment, but not `KINGSNAKE_PASSPHRASE`, and
/// the terminal, so that it may ask for a PIN there.
///
/// A signature that the public key does not accept is never handed on. Which key the command signs with is
/// not known to us: whoever can change the command's settings can make it fail, but not make it forge.
public struct ExternalSigner: Signer {
    /// How long a command may take and how much it may say.
    public struct Limits: Sendable, Hashable {
        /// In seconds: enough for a person who carries a stick to another machine.
        public var seconds = 300
        /// The longest signature: the longest of all schemes is RSA's or ML-DSA-87's 4627 bytes.
        public var signature = 8192
        /// How much of standard error is kept.
        public var errors = 2048

        /// The defaults.
        public init() {}
    }

    /// The public half, by which every signature is checked.
    public let publicKey: PublicKey
    /// The program, looked for in `PATH` if there is no slash in it, and its arguments.
    public let command: [String]
    /// The limits.
    public let limits: Limits

    /// Names a command; it is not run yet.
    ///
    /// - Throws: a `Failure` if there is no program, or a zero byte in a word.
    public init(publicKey: PublicKey, command: [String], limits: Limits = Limits()) throws {
        guard let program = command.first, !program.isEmpty, !command.contains(where: { $0.utf8.contains(0) })
        else { throw Failure(.configuration, "there is no command that could sign") }
        self.publicKey = publicKey
        self.command = command
        self.limits = limits
    }

    /// Runs the command once.
    ///
    /// - Throws: a `Failure` if it cannot be started, does not end in time, says too much, fails, or answers
    ///   something that is not a signature by this key over the message.
    public func sign(_ message: [UInt8]) async throws -> [UInt8] {
        let answer = try await BlockingWork.run { [command, limits] in
            try SignerProcess(command: command, limits: limits).run(message)
        }
        guard answer.status == 0 else { throw failure("failed with \(answer.ending)", answer) }
        guard !answer.output.isEmpty else { throw failure("answered no signature", answer) }
        guard publicKey.isValid(signature: answer.output, for: message) else {
            throw failure("answered \(answer.output.count) bytes that are no signature by this key", answer)
        }
        return answer.output
    }

    private func failure(_ what: String, _ answer: SignerProcess.Answer) -> Failure {
        let said = Printable.line(answer.errors, limit: limits.errors)
        return Failure(
            .configuration,
            "the signing command `\(Printable.text(command[0]))` \(what)" + (said.isEmpty ? "" : ": \(said)"),
            remedy: "run the command by hand; it must sign with the private half of \(publicKey)"
        )
    }
}
