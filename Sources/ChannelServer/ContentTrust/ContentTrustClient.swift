// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import CondaFormats
import ContentTrust
import TrustCore

/// The released clients whose verdicts can be told.
public enum ContentTrustClient: String, Sendable, CaseIterable {
    /// conda 26.7 with conda-content-trust 0.3.2.
    case conda
    /// mamba and micromamba 2.8.
    case mamba

    /// One of the models, after it has seen the metadata.
    enum Model: Sendable {
        case conda(CondaClient)
        case mamba(MambaClient)
    }

    /// What a verdict needs beside the record's own name.
    struct Context: Sendable {
        let channel: String
        let index: RepodataIndex
        let signatures: JSONObject?
        let mamba: MambaForm.Index

        init(channel: String, index: RepodataIndex, signatures: JSONObject?) {
            self.channel = channel
            self.index = index
            self.signatures = signatures
            // By their file names; a record that calls itself pip under another is not looked for.
            let pip = (try? PackageName("pip")).map { !index.fileNames(named: $0).isEmpty } ?? false
            mamba = MambaForm.Index(subdir: index.info.raw["subdir"]?.string ?? "", listsPip: pip)
        }
    }

    func model(
        root: [UInt8],
        now: Timestamp,
        fetch: (String) async throws -> [UInt8]?
    ) async throws -> Model {
        switch self {
        case .conda: .conda(try await CondaClient(root: root, fetch: fetch))
        case .mamba: .mamba(try await MambaClient(root: root, now: now, fetch: fetch))
        }
    }
}

extension ContentTrustClient.Model {
    var rootVersion: Int64? {
        switch self {
        case .conda(let client): client.rootVersion
        case .mamba(let client): client.rootVersion.map { Int64(clamping: $0) }
        }
    }

    var rootMessage: String? {
        switch self {
        case .conda(let client): client.rootMessage
        case .mamba: nil
        }
    }

    func verdict(on fileName: String, _ context: ContentTrustClient.Context) -> ClientVerdict {
        let text = context.index.recordText(fileName: fileName) ?? []
        let listed = ListedRecord(
            fileName: fileName,
            // A record that is no strict JSON is none to the models.
            record: (try? JSONReader.read(Array(text), of: fileName, limits: RepodataIndex.recordLimits))
                ?? .null,
            signatures: context.signatures?[fileName],
            isListedAsConda: context.index.section(of: fileName) == .conda
        )
        switch self {
        case .conda(let client):
            return client.verdict(
                on: listed,
                channel: context.channel,
                indexIsSigned: context.signatures != nil
            )
        case .mamba(let client): return client.verdict(on: listed, in: context.mamba)
        }
    }
}
