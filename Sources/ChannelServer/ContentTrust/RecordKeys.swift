// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import ContentTrust
import SigningKeys
import TrustCore

/// The keys that `key_mgr.json` names for records, each with the form in which it signs.
struct RecordKeys: Sendable {
    struct Member: Sendable {
        let key: TrustKey
        let form: RecordForm
    }

    /// In the order of their names.
    let members: [Member]
    /// How many keys of each form must sign.
    let threshold: Int
    /// The forms that there are keys for.
    let forms: [RecordForm]

    init(_ authority: RecordAuthority) {
        members = authority.forms.map { Member(key: $0.key, form: $0.value) }
            .sorted { $0.key.hex < $1.key.hex }
        threshold = authority.delegation.threshold
        let used = Set(authority.forms.values)
        forms = RecordForm.allCases.filter(used.contains)
    }

    /// The number of the key of a name; nil if it is not named.
    func position(of hex: String) -> Int? {
        members.firstIndex { ByteKey.areEqual($0.key.hex, hex) }
    }

    /// Opens the keys in a folder, and those that it refers to.
    ///
    /// - Throws: `channel.key-not-authorised` for a key that is not named for its form, and for too few of a form.
    func open(_ ring: KeyRing, passphrase: @escaping KeyRing.PassphraseSource) async throws -> RecordSigners {
        var signers: [Int: any Signer] = [:]
        for form in RecordForm.allCases {
            for signer in try await ring.signers(for: Self.purpose(of: form), passphrase: passphrase) {
                signers[try member(of: TrustKey(signer.publicKey), form, ring)] = signer
            }
        }
        for form in forms {
            let count = signers.keys.count { members[$0].form == form }
            guard count >= threshold else {
                throw Refusal(
                    ChannelCode.keyNotAuthorised,
                    Self.purpose(of: form).rawValue,
                    at: ring.directory,
                    expected: "\(threshold) of the keys that sign records \(Self.words(form))",
                    found: "\(count)"
                )
            }
        }
        return RecordSigners(signers: signers.sorted { $0.key < $1.key }.map { ($0.key, $0.value) })
    }

    private func member(of key: TrustKey, _ form: RecordForm, _ ring: KeyRing) throws -> Int {
        let position = position(of: key.hex)
        guard let position, members[position].form == form else {
            throw Refusal(
                ChannelCode.keyNotAuthorised,
                Self.purpose(of: form).rawValue,
                at: ring.directory,
                expected: "a key that `key_mgr.json` names for records \(Self.words(form))",
                found: key.hex
            )
        }
        return position
    }

    private static func purpose(of form: RecordForm) -> KeyRing.Purpose {
        switch form {
        case .full: .package
        case .mamba: .mambaPackage
        }
    }

    private static func words(_ form: RecordForm) -> String {
        switch form {
        case .full: "in full"
        case .mamba: "in mamba's form"
        }
    }
}

/// The keys at hand, by their numbers among ``RecordKeys/members``.
struct RecordSigners: Sendable {
    /// A key, and the same if it is in memory.
    struct Key: Sendable {
        let member: Int
        let signer: any Signer
        let inMemory: PrivateKey?
    }

    let keys: [Key]

    init(signers: [(member: Int, signer: any Signer)]) {
        keys = signers.map { Key(member: $0.member, signer: $0.signer, inMemory: $0.signer as? PrivateKey) }
    }
}
