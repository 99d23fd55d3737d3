// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

internal import Foundation

/// A folder of GnuPG's with one Ed25519 key that has no passphrase; its agent ends when the value goes away.
public final class GnuPGHome: Sendable {
    /// Whether GnuPG is here.
    public static let isPresent: Bool = SystemProgram.isPresent("gpg")
    /// What a skipped test says.
    public static let absence: String = "gpg is not installed (Debian: gnupg)"

    private let temporary: TemporaryFolder
    private let program: Program
    /// The fingerprint of the key, 40 upper-case digits as GnuPG writes them.
    public let fingerprint: String

    /// The folder.
    public var path: String { temporary.path }

    /// Makes the folder and the key.
    public init() async throws {
        temporary = try TemporaryFolder()
        chmod(temporary.path, 0o700)
        var program = Program(in: temporary.path)
        program.environment["GNUPGHOME"] = temporary.path
        self.program = program
        let words = ["--batch", "--pinentry-mode", "loopback", "--passphrase", ""]
        let made = try await program.run(
            "/usr/bin/gpg",
            words + ["--quick-generate-key", "Gina <gina@example.org>", "ed25519", "sign", "0"]
        )
        try made.demandSuccess("gpg")
        let list = try await program.run("/usr/bin/gpg", ["--batch", "--with-colons", "--list-keys"])
        let line = list.output.split(separator: "\n").first { $0.hasPrefix("fpr:") } ?? ""
        fingerprint = line.split(separator: ":").last.map(String.init) ?? ""
    }

    /// Runs `gpg` in the folder.
    public func run(_ arguments: String...) async throws -> ProgramResult {
        try await program.run("/usr/bin/gpg", ["--batch"] + arguments)
    }

    deinit { _ = try? program.runBlocking("/usr/bin/gpgconf", ["--kill", "all"]) }
}
