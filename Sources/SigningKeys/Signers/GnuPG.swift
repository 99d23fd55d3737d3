// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import Crypto
import TrustCore

/// A key that GnuPG holds, or a hardware token behind it: asked for by its fingerprint, through the program
/// `gpg`.
///
/// It answers OpenPGP packets as they are. Nothing in them is verified here; whoever takes them parses them,
/// and verifies the signature by the key. GnuPG signs no bare message: what it signs ends in what it says of
/// itself (RFC 4880, section 5.2.4).
///
/// `gpg` is looked for in `PATH`, and inherits the environment, but not `KINGSNAKE_PASSPHRASE`; its agent
/// asks for a passphrase or a PIN by ways of its own.
public struct GnuPG: Sendable {
    /// The fingerprint of the key, or of a subkey: 20 bytes (RFC 4880, section 12.2).
    public let fingerprint: [UInt8]
    /// GnuPG's folder; nil for the user's own.
    public let home: String?
    private let limits: ExternalSigner.Limits

    /// The longest key with all its user ids and subkeys that is taken.
    public static let maximumLength = 1 << 20

    /// Names a key by 40 hexadecimal digits, with blanks between them perhaps.
    ///
    /// - Throws: a `Failure` for anything shorter: other names can mean a key of somebody else.
    public init(
        fingerprint text: String,
        home: String? = nil,
        limits: ExternalSigner.Limits = ExternalSigner.Limits()
    ) throws {
        let digits = text.utf8.filter { $0 != UInt8(ascii: " ") }
        guard let bytes = Hex.decode(String(decoding: digits, as: UTF8.self).lowercased()), bytes.count == 20
        else {
            throw Failure(
                .configuration,
                "`\(Printable.text(text))` is no fingerprint of a key in GnuPG",
                remedy: "give the 40 digits that `gpg --fingerprint` shows"
            )
        }
        fingerprint = bytes
        self.home = home
        self.limits = limits
    }

    /// The fingerprint in lower-case hexadecimal digits.
    public var hex: String { Hex.encode(fingerprint) }

    /// The key with everything that belongs to it, as packets.
    ///
    /// - Throws: a `Failure` if `gpg` cannot be run, or has no such key.
    public func exportedKey() async throws -> [UInt8] {
        var limits = limits
        limits.signature = Self.maximumLength
        return try await run(["--export", hex], [], limits, "gave no key of the fingerprint \(hex)")
    }

    /// A detached signature of a binary document with SHA-256, as a packet.
    ///
    /// - Throws: a `Failure` if `gpg` cannot be run, or does not sign.
    public func detachedSignature(of message: [UInt8]) async throws -> [UInt8] {
        try await run(
            ["--local-user", hex + "!", "--digest-algo", "SHA256", "--no-textmode", "--detach-sign"],
            message,
            limits,
            "did not sign"
        )
    }

    private func run(
        _ words: [String],
        _ input: [UInt8],
        _ limits: ExternalSigner.Limits,
        _ problem: String
    ) async throws -> [UInt8] {
        let folder = home.map { ["--homedir", $0] } ?? []
        let command =
            ["gpg"] + folder + ["--batch", "--no-armor", "--status-fd", "2", "--output", "-"] + words
        let answer = try await BlockingWork.run {
            try SignerProcess(command: command, limits: limits, remedy: Self.remedy).run(input)
        }
        guard answer.status == 0, !answer.output.isEmpty else {
            let said = Printable.line(answer.errors, limit: limits.errors)
            throw Failure(
                .configuration,
                "`gpg` \(problem) (\(answer.ending))" + (said.isEmpty ? "" : ": \(said)"),
                remedy: Self.remedy
            )
        }
        return answer.output
    }

    private static let remedy = "see that `gpg --list-secret-keys` shows the key, and that its token is there"

    /// The fingerprint of a version 4 key by the body of its packet (RFC 4880, section 12.2). It is SHA-1: by
    /// it a key is found, and nothing is verified.
    public static func fingerprint(ofKeyPacket body: [UInt8]) -> [UInt8] {
        var hash = Insecure.SHA1()
        let length = UInt16(clamping: body.count)
        hash.update(data: [0x99, UInt8(length >> 8), UInt8(length & 0xFF)] + body)
        return Array(hash.finalize())
    }
}
