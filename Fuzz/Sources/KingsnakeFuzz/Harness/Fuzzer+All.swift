// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

extension Fuzzer {
    /// Every fuzzer. Each has a line in `fuzzers.tsv` and a folder in `Seeds`.
    static let all: [Fuzzer] = [
        .json, .text, .notes, .merkle,
        .messagePack, .compression, .repodata, .shards,
        .versions, .matchSpec, .textPattern, .names,
        .pathsJSON, .legacyPaths, .packageInfo, .entryPoints, .prefixRecord, .lockFiles,
        .archive, .tar, .archiveEntries,
        .publicKeys, .privateKeys, .keyFiles, .signatures, .threshold,
        .pythonJSON, .contentTrust, .trustClients,
        .bundles, .trustRoots, .statements, .sidecars, .logEntries,
        .certificates, .promises, .timestamps, .checkpoints, .envelopes,
        .policyFile, .publishersFile, .publisherLock,
        .tufMetadata, .tufReaders, .tufWorkflow, .delegations, .pathPattern, .mapFile, .ceremony,
        .forms, .requestPaths, .requestFields, .identityTokens, .issuerKeys, .issuersFile,
        .publishLogEntries, .expectedPublishers, .logTiles, .logProofs, .logPolicies, .witnessAnswers,
        .repodataPatches, .serverSettings, .proposalRequests, .publishAnswers,
        .ledger, .proxyTargets, .proxySettings, .clientSettings,
    ]
}
