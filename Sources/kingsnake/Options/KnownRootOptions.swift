// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import ArgumentParser
import TUF
import TrustCore

/// The root that somebody knows by another way than the files of a ceremony.
struct KnownRootOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "A root of the channel that you know: the chain must lead through it.",
            valueName: "file"
        ),
        completion: .file(extensions: ["json"])
    )
    var root: String?

    @Option(help: ArgumentHelp("SHA-256 of such a root.", valueName: "hex"))
    var rootSha256: String?

    var isGiven: Bool { root != nil || rootSha256 != nil }

    func validate() throws {
        guard rootSha256.map({ Digest(.sha256, hex: $0) != nil }) ?? true else {
            throw ValidationError("--root-sha256 takes 64 hexadecimal digits")
        }
    }

    /// Refuses (`ceremony.other-root`) a chain that does not lead through it.
    func check(_ chain: RootChain?) throws { try check { try RootChain.check(chain, leadsThrough: $0) } }

    /// Checks what somebody knows of it in whatever way a chain is checked.
    func check(_ body: (Digest) throws -> Void) throws {
        if let root { try body(Digest.of(try CeremonyFolder.read(root))) }
        if let digest = rootSha256.flatMap({ Digest(.sha256, hex: $0) }) { try body(digest) }
    }
}
