// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import Sigstore
import TUF
import TestSupport
import Testing
import Transport
import TrustCore

@Suite("The repository of a simulated instance")
struct SimulatedRepositoryTests {
    @Test("It gives our client the files of the instance, over HTTP")
    func repository() async throws {
        let server = try await SimulatedSigstoreServer.start()
        let fetcher = URLFetcher()
        let folder = try TemporaryFolder()
        let updater = Updater(
            trustedRoot: try server.repositoryRoot(),
            metadataURL: server.repositoryURL,
            store: try DirectoryMetadataStore(folder.path + "/store"),
            fetcher: fetcher,
            now: server.now
        )
        func target(_ name: String) async throws -> [UInt8] {
            let target = try await updater.requiredTarget(try #require(TargetPath(name)))
            return try await updater.download(target, from: server.repositoryURL + "/targets")
        }
        let root = try TrustedRoot(parsing: await target("trusted_root.json"))
        #expect(try root.transparencyLogs == server.trustedRoot().transparencyLogs)
        let config = try SigningConfig(parsing: await target("signing_config_rekor_v2.v0.2.json"))
        #expect(try config.transparencyLogs(at: Moment(server.now)).map(\.majorAPIVersion) == [2])
        await fetcher.shutdown()
        await server.stop()
    }
}
