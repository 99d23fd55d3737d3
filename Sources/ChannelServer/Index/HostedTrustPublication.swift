// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

internal import ContentTrust
internal import TrustCore

/// What a publication of the index changes of the metadata of conda content trust that are served.
struct HostedTrustPublication: Sendable {
    /// What the channel's settings said when the index was made.
    let setting: JSONValue?
    /// The files that are to be served; none where records are not signed.
    let documents: [HostedDocument]

    /// Brings what is served in line.
    ///
    /// - Returns: whether the settings still say the same; if not, nothing happened.
    func commit(of channel: Int64, in transaction: any WriteTransaction) throws -> Bool {
        let now = try transaction.channel(id: channel)?.settings[HostedTrust.setting]
        guard now == setting else { return false }
        let scope = HostedDocument.Scope.channel(channel)
        let wanted = Set(documents.map(\.path))
        let others = try Self.served(in: scope, transaction).filter { !wanted.contains($0.path) }
        if !others.isEmpty { try transaction.removeDocuments(others.map(\.path), in: scope) }
        let changed = try documents.filter { document in
            try transaction.document(document.path, in: scope)?.blob != document.blob
        }
        if !changed.isEmpty { try transaction.put(changed) }
        return true
    }

    /// The files that are served.
    static func served(in scope: HostedDocument.Scope, _ transaction: any ReadTransaction) throws
        -> [HostedDocument]
    {
        var found: [HostedDocument] = []
        if let document = try transaction.document(HostedTrust.keyManagerPath, in: scope) {
            found.append(document)
        }
        var version: Int64 = 1
        while let root = try transaction.document(TrustRole.root.fileName(version: version), in: scope) {
            found.append(root)
            version += 1
        }
        return found
    }
}
