// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

public import ContentTrust
import DurableFiles
import SigningKeys
public import TrustCore

extension TrustFolder {
    /// What a publication did.
    public struct Change: Sendable {
        /// The files that were written, in their order; empty if all was there already.
        public var written: [String] = []
        /// Why `pkg_mgr.json`, which mamba needs, is not as it must be; nil if it is, or is not needed.
        public var awaiting: Refusal?

        /// Nothing yet.
        public init() {}
    }

    /// Publishes what a ceremony has agreed on: the root first, then the key manager's metadata, each whole;
    /// and reads all of it back as a client does. What is there already stays as it is, so that it can be run
    /// again.
    ///
    /// A first root is copied to the folder of keys, if there is one: the owner's own, for later changes to
    /// start from. So is the key manager's metadata, which is not taken back by anybody then.
    /// - Throws: a `Refusal` with `trust-ceremony.superseded` if something else is in force than what the
    ///   proposal was made from, or another root has its version; with `trust-ceremony.other-root` if the
    ///   chain is not that of the folder of keys; with `content-trust.rollback` if the proposal was made from
    ///   older metadata than was seen there.
    public func publish(_ ceremony: FinishedTrustCeremony, keys: KeyRing, now: Timestamp) throws -> Change {
        let lock = try lock()
        defer { withExtendedLifetime(lock) {} }
        let keyManager = TrustRole.keyManager.fileName(version: 0)
        try ceremony.checkFollows(chain(), keyManager: read(keyManager))
        let hasAnchor = try Self.checkAnchor(ceremony.chain, in: keys)
        if !hasAnchor, ceremony.base == nil, Folder.isFolder(keys.directory) {
            try DurableFile.write(ceremony.chain.links[0].bytes, to: Self.anchor(in: keys))
        }
        let memory = KeyManagerMemory(keys: keys.directory)
        if try !memory.isCopy(of: ceremony.keyManager) {
            if let base = ceremony.base { try memory.check(base.keyManager, in: ceremony.chain) }
            try memory.check(ceremony.keyManager, in: ceremony.chain)
        }
        var change = Change()
        for (name, bytes) in ceremony.files where try read(name) != bytes {
            try write(bytes, to: name)
            change.written.append(name)
        }
        let state = try existing()
        let read = try state.chain.keyManager(state.keyManager, now: now)
        guard state.chain.root.digest == ceremony.chain.root.digest,
            read.digest == ceremony.keyManager.digest
        else { throw Failure(.disk, "what was published is not what can be read back", at: directory) }
        try memory.keep(read, now: now)
        return change
    }

    // MARK: What mamba asks for

    /// Makes or renews `pkg_mgr.json` with the package keys of a folder of keys, where mamba needs it: if
    /// there are keys that sign mamba's form, or if there is such a file already.
    ///
    /// - Parameters:
    ///   - margin: it is made anew if it is good for less than so many seconds.
    ///   - isForced: whether it is made anew in any case.
    /// - Returns: whether it was written.
    /// - Throws: a `Refusal` with `trust-ceremony.incomplete` if too few of the package keys are there, or
    ///   what is wrong with the metadata in force.
    public func renewPackageManager(
        keys: KeyRing,
        passphrase: @escaping KeyRing.PassphraseSource,
        lifetime: Int64,
        margin: Int64,
        isForced: Bool = false,
        now: Timestamp
    ) async throws -> Bool {
        let lock = try lock()
        defer { withExtendedLifetime(lock) {} }
        let state = try existing()
        try Self.checkAnchor(state.chain, in: keys)
        let keyManager = try state.chain.keyManager(state.keyManager, now: now)
        try KeyManagerMemory(keys: keys.directory).check(keyManager, in: state.chain)
        let name = TrustRole.packageManager.fileName(version: 0)
        let present = try read(name)
        let isForMamba = keyManager.metadata.recordForms.values.contains(.mamba)
        guard isForMamba || present != nil else { return false }
        let good = try? present.map { try state.chain.packageManager($0, by: keyManager, now: now) }
        let deadline = now.advanced(bySeconds: margin)
        if !isForced, let good, good.metadata.expiration > deadline { return false }
        var signers: [any Signer] = []
        for purpose in [KeyRing.Purpose.package, .mambaPackage] {
            signers += try await keys.signers(for: purpose, passphrase: passphrase)
        }
        // Also one that does not verify any more says which version and date is out.
        let previous = present.flatMap { try? TrustEnvelope(parsing: $0, as: .packageManager) }?.metadata
        let bytes = try await PackageManagerDocument.signed(
            by: signers,
            keyManager: keyManager,
            after: previous,
            expires: now.advanced(bySeconds: lifetime),
            now: now
        )
        _ = try state.chain.packageManager(bytes, by: keyManager, now: now)
        try write(bytes, to: name)
        return true
    }
}
