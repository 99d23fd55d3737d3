// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import ContentTrust
import DurableFiles
import TrustCore

/// The newest metadata of the key manager that the owner's own runs have seen: a copy beside the keys, so that nobody
/// who can write the served folder has records signed for keys that were taken away.
///
/// It is only ever compared with, and is not the place to restore anything from without a look. Roots that were taken
/// back are noticed by it if the newest ones name other keys of the key manager, and not otherwise.
struct KeyManagerMemory {
    /// The name of the copy, in the folder of keys.
    static let file = "trust-key-mgr.json"

    private let path: String
    private let keys: String

    /// Names the copy in a folder of keys, neither of which need be there.
    init(keys: String) {
        self.keys = keys
        path = keys + "/" + Self.file
    }

    /// Refuses metadata that is older than the copy.
    ///
    /// - Throws: a `Refusal` with `content-trust.rollback`, also if no root of the chain vouches for the copy: then the
    ///   chain was cut short; with `content-trust.equivocation`, or one of the codes about a single file.
    func check(_ keyManager: VerifiedKeyManager, in chain: TrustChain) throws {
        guard let copy = try read() else { return }
        do {
            try keyManager.checkFollows(try remembered(copy, chain))
        } catch let refusal as Refusal where refusal.is(ContentTrustCode.rollback) {
            throw Refusal(
                ContentTrustCode.rollback,
                refusal.subject,
                at: path,
                expected: refusal.expected,
                found: refusal.found,
                remedy:
                    "bring the channel's folder to its newest state, and find out who put the older one there",
                cause: refusal.cause
            )
        } catch let refusal as Refusal {
            throw refusal.located(at: path)
        }
    }

    /// Whether the copy is of this very document.
    func isCopy(of keyManager: VerifiedKeyManager) throws -> Bool { try read() == keyManager.bytes }

    /// Keeps metadata that ``check(_:in:)`` has passed. What says that it was made in the future is not kept: nothing
    /// honest would be newer. Where there is no folder of keys, there is nothing to protect.
    func keep(_ keyManager: VerifiedKeyManager, now: Timestamp) throws {
        guard Folder.isFolder(keys), (try? keyManager.metadata.checkMade(by: now)) != nil, try !isCopy(of: keyManager)
        else { return }
        try DurableFile.write(keyManager.bytes, to: path, mode: 0o600)
    }

    private func remembered(_ copy: [UInt8], _ chain: TrustChain) throws -> RememberedKeyManager {
        do {
            return try chain.remembered(keyManager: copy)
        } catch let cause as Refusal where cause.is(ContentTrustCode.signatures) {
            throw Refusal(
                ContentTrustCode.rollback,
                "root metadata",
                expected: "a root whose key manager signed the copy beside the keys",
                found: "version \(chain.root.version), and none before it",
                cause: cause
            )
        }
    }

    private func read() throws -> [UInt8]? {
        try DurableFile.read(path, maximumLength: TrustEnvelope.maximumLength)
    }
}
