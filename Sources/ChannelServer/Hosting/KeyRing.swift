// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import DurableFiles
public import SigningKeys
import TrustCore

/// The folder that holds a channel's private keys, or says where they are, beside its settings: never inside the
/// folder that is served.
///
/// `root-1.key`, `root-2.key`, …, `targets-1.key` are offline keys: whoever runs `channel add` does not need
/// them, and they are best moved to another place. `online-1.key` signs timestamp, snapshot and the subdirs'
/// indexes. A channel that conda content trust signs too has `trust-root-1.key`, …, `key-mgr-1.key`, which are
/// offline keys as well, and `package-1.key`, `package-mamba-1.key`, which sign records; `trust-root.json` is its first
/// root. In place of any key there may be a `.signer` file, such as `online-1.signer`, whose first line is a
/// `SignerReference`: a key on a token, behind a command, or in a file elsewhere. Those of offline keys are used
/// only where somebody asks for their signatures, not by the hourly `channel sign`.
public struct KeyRing: Sendable {
    /// What a key is for.
    public enum Purpose: String, Sendable, CaseIterable {
        /// Signs root metadata: says which keys count. Offline.
        case root
        /// Signs the top-level targets metadata: says which subdirs there are. Offline.
        case targets
        /// Signs timestamp, snapshot and the subdirs' targets metadata. Online.
        case online
        /// Signs the root metadata of conda content trust. Offline.
        case trustRoot = "trust-root"
        /// Signs the key manager's metadata of conda content trust: says which keys sign records. Offline.
        case keyManager = "key-mgr"
        /// Signs records of the index in full, for conda content trust. Online.
        case package
        /// Signs records of the index in mamba's form. Online.
        case mambaPackage = "package-mamba"

        /// The keys of TUF's roles, which every signed channel has.
        static let tuf: [Purpose] = [.root, .targets, .online]
    }

    /// How many keys a purpose has, and how many must sign.
    public struct Quorum: Sendable {
        /// How many keys there are.
        public let count: Int
        /// How many of them must sign.
        public let threshold: Int

        /// Makes a quorum; nil unless `1 <= threshold <= count <= 20`.
        public init?(count: Int, threshold: Int) {
            guard (1...20).contains(count), (1...count).contains(threshold) else { return nil }
            self.count = count
            self.threshold = threshold
        }
    }

    /// Gives the passphrase of an encrypted key file; nil if there is none to give.
    public typealias PassphraseSource = SigningKeys.PassphraseSource

    /// The folder.
    public let directory: String

    /// Names a folder of keys, which need not exist yet.
    public init(directory: String) { self.directory = directory }

    /// Makes the keys of a new channel.
    ///
    /// - Parameter protection: how each purpose's key files keep their keys.
    /// - Throws: `channel.already-there` if the folder has keys already.
    func create(
        _ purpose: Purpose,
        count: Int,
        scheme: SignatureScheme,
        protection: KeyProtection
    ) throws -> [PrivateKey] {
        try Folder.create(directory, mode: 0o700)
        return try (1...count).map { number in
            let path = path(purpose, number)
            guard !Folder.exists(path) else { throw Refusal(ChannelCode.alreadyThere, path) }
            let key = try PrivateKey.generate(scheme)
            try KeyFile.write(key, to: path, protection: protection)
            return key
        }
    }

    /// Makes one more key of a purpose, after those that are there.
    func add(_ purpose: Purpose, scheme: SignatureScheme, protection: KeyProtection) throws -> PrivateKey {
        let last = try files(of: purpose).compactMap { Self.number(of: $0, purpose) }.max() ?? 0
        let key = try PrivateKey.generate(scheme)
        try KeyFile.write(key, to: path(purpose, last + 1), protection: protection)
        return key
    }

    /// The keys of a purpose that are in the folder or that it refers to, ready to sign; empty if there is none.
    func signers(for purpose: Purpose, passphrase: @escaping PassphraseSource) async throws -> [any Signer] {
        var signers: [any Signer] = []
        for path in try files(of: purpose) {
            signers.append(try await Self.signer(at: path, passphrase: passphrase))
        }
        return signers
    }

    /// The key of one of ``files(of:)``, ready to sign.
    static func signer(at path: String, passphrase: @escaping PassphraseSource) async throws -> any Signer {
        let key = isReference(path) ? try SignerReference(contentsOf: path) : SignerReference(keyFile: path)
        return try await key.signer(passphrase: passphrase)
    }

    /// Whether one of ``files(of:)`` refers to a key elsewhere.
    static func isReference(_ path: String) -> Bool { path.hasSuffix(referenceSuffix) }

    /// The public half of the key in one of ``files(of:)``, for which it need not open; nil for a reference, and for a
    /// file that cannot be read.
    static func unverifiedPublicKey(at path: String) -> PublicKey? {
        isReference(path) ? nil : (try? KeyFile.read(path))?.unverifiedPublicKey
    }

    /// The keys of a purpose whose files are in the folder and open without trouble, for runs that nobody attends. What
    /// is elsewhere is not asked for: a token that gets a wrong PIN every hour locks itself.
    func signersAtHand(for purpose: Purpose, passphrase: @escaping PassphraseSource) async throws
        -> [any Signer]
    {
        var signers: [any Signer] = []
        for path in try files(of: purpose) where path.hasSuffix(Self.keySuffix) {
            do {
                signers.append(try await SignerReference(keyFile: path).signer(passphrase: passphrase))
            } catch is Refusal {
                continue
            } catch let failure as Failure where failure.kind != .cancelled {
                continue
            }
        }
        return signers
    }

    /// The key files of a purpose, and the files that refer to keys, in the order of their numbers.
    public func files(of purpose: Purpose) throws -> [String] {
        try Folder.names(in: directory)
            .compactMap { name in Self.number(of: name, purpose).map { ($0, name) } }
            .sorted { $0 < $1 }
            .map { directory + "/" + $0.1 }
    }

    /// The number in a file's name; nil if it is no key of the purpose.
    private static func number(of path: String, _ purpose: Purpose) -> Int? {
        let name = path.split(separator: "/").last ?? ""
        guard name.hasPrefix(purpose.rawValue + "-"),
            let suffix = [keySuffix, referenceSuffix].first(where: name.hasSuffix)
        else { return nil }
        return Int(name.dropFirst(purpose.rawValue.count + 1).dropLast(suffix.count))
    }

    private static let keySuffix = ".key"
    private static let referenceSuffix = ".signer"

    private func path(_ purpose: Purpose, _ number: Int) -> String {
        "\(directory)/\(purpose.rawValue)-\(number)\(Self.keySuffix)"
    }
}
