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
        let isSigned: Bool
        let mamba: MambaForm.Index

        init(channel: String, index: RepodataFile) {
            self.channel = channel
            isSigned = index.hasSignatures
            // By their file names; a record that calls itself pip under another is not looked for.
            mamba = MambaForm.Index(
                subdir: index.info.raw["subdir"]?.string ?? "",
                listsPip: index.listsPip
            )
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

    func verdict(on stored: StoredRecord, _ context: ContentTrustClient.Context) -> ClientVerdict {
        func value(_ text: ArraySlice<UInt8>) -> JSONValue {
            // What is no strict JSON is nothing to the models.
            (try? JSONReader.read(Array(text), of: stored.fileName, limits: RepodataIndex.recordLimits))
                ?? .null
        }
        let listed = ListedRecord(
            fileName: stored.fileName,
            record: value(stored.text),
            signatures: stored.signatures.map(value),
            isListedAsConda: stored.section == .conda
        )
        switch self {
        case .conda(let client):
            return client.verdict(
                on: listed,
                channel: context.channel,
                indexIsSigned: context.isSigned
            )
        case .mamba(let client): return client.verdict(on: listed, in: context.mamba)
        }
    }
}
