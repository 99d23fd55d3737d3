// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import ChannelServer
import CondaFormats
import ContentTrust
import Gatekeeper
import Installer
import SigningKeys
import Sigstore
import TUF
import Transport
import TrustCore
import TrustPolicy

/// Every refusal code the program knows, by area. `docs/refusals.md` and `kingsnake explain` are made from
/// it.
enum RefusalCatalog {
    /// One area's codes, in the order of their enum.
    struct Area {
        let title: String
        let codes: [any RefusalCode]
    }

    static let areas: [Area] = [
        area("Bytes and JSON", CoreCode.self),
        area("Trust and admission", GateCode.self),
        area("Ledgers of channels that sign nothing", LedgerCode.self),
        area("What the policy says", PolicyCode.self),
        area("Policy files", PolicyFileCode.self),
        area("TUF metadata", TUFCode.self),
        area("Several repositories", ConsensusCode.self),
        area("Ceremonies", CeremonyCode.self),
        area("conda content trust", ContentTrustCode.self),
        area("Ceremonies of conda content trust", TrustCeremonyCode.self),
        area("Keys and signatures", KeyCode.self),
        area("Proofs of transparency logs", MerkleCode.self),
        area("Signed notes and checkpoints", NoteCode.self),
        area("Tiles and proofs of transparency logs", TiledLogCode.self),
        area("Policies about transparency logs", LogPolicyCode.self),
        area("Sigstore bundles", BundleCode.self),
        area("What Sigstore bundles prove", VerificationCode.self),
        area("Signers' certificates", CertificateCode.self),
        area("Timestamps", TimestampCode.self),
        area("Entries in transparency logs", LogCode.self),
        area("Sigstore's trust roots", TrustRootCode.self),
        area("Sigstore instances", SigstoreTrustCode.self),
        area("Attestations", AttestationCode.self),
        area("Signers' identities", IdentityCode.self),
        area("Signing with Sigstore", SigningCode.self),
        area("Fetching", TransportCode.self),
        area("Names, versions, specifications", NameCode.self),
        area("Indexes", RepodataCode.self),
        area("Shards", ShardCode.self),
        area("MessagePack", MessagePackCode.self),
        area("Compression", CompressionCode.self),
        area("Archives", ArchiveCode.self),
        area("Package metadata", PackageCode.self),
        area("Lock files", LockCode.self),
        area("Installing", InstallCode.self),
        area("Auditing", AuditCode.self),
        area("Channels", ChannelCode.self),
        area("Servers of channels", ServerCode.self),
        area("Access to servers of channels", AccessCode.self),
        area("Trusted publishing", OIDCCode.self),
        area("Uploads to servers", UploadCode.self),
        area("Indexes of hosted channels", IndexCode.self),
        area("Publish logs", PublishLogCode.self),
        area("Imports of channels", ImportCode.self),
        area("The verifying proxy", ProxyCode.self),
        area("Settings of clients", ClientSettingsCode.self),
    ]

    static var all: [any RefusalCode] { areas.flatMap(\.codes) }

    /// All codes' raw values. (A key path through `any RefusalCode` crashes the compiler, hence the closure.)
    static var names: [String] { all.map { $0.rawValue } }

    static func code(named name: String) -> (any RefusalCode)? { all.first { $0.rawValue == name } }

    /// The code of a name, or every code of an area such as `tuf` or `index-digest`.
    static func codes(named name: String) -> [any RefusalCode] {
        all.filter { $0.rawValue == name || $0.rawValue.utf8.starts(with: (name + ".").utf8) }
    }

    private static func area<Code: RefusalCode>(_ title: String, _: Code.Type) -> Area {
        Area(title: title, codes: Array(Code.allCases))
    }
}
