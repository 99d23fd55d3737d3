// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import Synchronization
import Testing
import TrustCore

@testable import TUF

/// Several repositories behind one fetcher, and a map file over them.
struct ConsensusScene {
    /// Serves files by their whole address.
    final class Web: Fetcher {
        private let files = Mutex<[String: [UInt8]]>([:])
        private let broken = Mutex<Set<String>>([])

        func put(_ repository: SimulatedRepository, at url: String) {
            files.withLock { files in
                for (name, bytes) in repository.files { files["\(url)metadata/\(name)"] = bytes }
            }
        }

        /// From now on nothing at an address answers.
        func cut(_ url: String) { broken.withLock { _ = $0.insert(url) } }

        func fetch(
            _ request: FetchRequest,
            receive: (UnsafeRawBufferPointer) throws -> Void
        ) async throws -> FetchOutcome {
            guard !broken.withLock({ $0.contains { request.url.hasPrefix($0) } }) else {
                throw Failure(.network, "the connection was closed", at: request.url)
            }
            guard let bytes = files.withLock({ $0[request.url] }) else { return .notFound }
            try bytes.withUnsafeBytes(receive)
            return .complete
        }
    }

    let web = Web()
    var repositories: [String: SimulatedRepository] = [:]
    private var stores: [String: InMemoryMetadataStore] = [:]

    /// Makes repositories that have the given files, by path and content.
    init(_ contents: [String: [String: String]]) throws {
        for (name, files) in contents {
            var repository = try SimulatedRepository()
            for (path, content) in files { try repository.add(path, content) }
            try repository.publish()
            repositories[name] = repository
            stores[name] = InMemoryMetadataStore()
            web.put(repository, at: Self.url(name))
        }
    }

    static func url(_ name: String) -> String { "https://\(name).example/" }

    /// A map file over all repositories, each at its own address and perhaps at a second one.
    func map(_ mapping: String, mirrored: Bool = false) throws -> RepositoryMap {
        let members = repositories.keys.sorted().map { name in
            let second = mirrored ? #", "\#(Self.url(name + "-mirror"))""# : ""
            return #""\#(name)": ["\#(Self.url(name))"\#(second)]"#
        }
        let text = #"{"repositories": {\#(members.joined(separator: ", "))}, "mapping": [\#(mapping)]}"#
        return try RepositoryMap(parsing: Array(text.utf8))
    }

    static func mapping(
        _ pattern: String = "*",
        of names: String,
        threshold: Int,
        terminating: Bool = false
    ) -> String {
        let names = names.map { "\"\($0)\"" }.joined(separator: ", ")
        return #"{"paths": ["\#(pattern)"], "repositories": [\#(names)], "threshold": \#(threshold), "#
            + #""terminating": \#(terminating)}"#
    }

    func consensus(_ mapping: String, mirrored: Bool = false) throws -> Consensus {
        var roots: [RepositoryName: [UInt8]] = [:]
        for (name, repository) in repositories {
            roots[try #require(RepositoryName(name))] = repository.files["1.root.json"]
        }
        return try Consensus(
            map(mapping, mirrored: mirrored),
            roots: roots,
            fetcher: web,
            now: SimulatedRepository.now
        ) { try #require(stores[$0.text]) }
    }

    /// The names of the repositories that vouch for a path; nil if none does.
    func vouchers(_ mapping: String, path: TargetPath = "file", mirrored: Bool = false) async throws
        -> [String]?
    {
        try await consensus(mapping, mirrored: mirrored).target(path)?.vouching.map(\.repository.text)
    }
}
