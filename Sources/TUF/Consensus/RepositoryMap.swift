// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

internal import TrustCore

/// A map file: which repositories there are, and which of them must agree on which paths (TAP 4).
///
/// The file is the user's own, or comes by a way that the user trusts; it is not signed, and nothing here
/// checks where it comes from. Reading is strict: all four fields of a mapping must be there, and a field
/// that TAP 4 does not name is refused, since a restriction that nobody reads is none.
public struct RepositoryMap: Sendable, Equatable {
    /// The longest file, in bytes.
    public static let maximumLength = 1 << 20
    /// The most repositories.
    public static let maximumRepositories = 64
    /// The most mappings.
    public static let maximumMappings = 1024
    /// The most addresses of one repository.
    public static let maximumURLs = 32
    /// The longest address, in bytes.
    public static let maximumURLLength = 2048

    /// A repository: its name, and the addresses at which it is found, in order of preference.
    public struct Repository: Sendable, Equatable {
        /// Its name, and that of its folder.
        public let name: RepositoryName
        /// At least one address. All of them have the same metadata, signed for one root.
        public let urls: [String]
    }

    /// The repositories, in the order of the file.
    public let repositories: [Repository]
    /// The mappings, in the order in which a path is looked for in them.
    public let mappings: [RepositoryMapping]

    /// Reads a map file.
    ///
    /// - Throws: a `Refusal` with a `consensus.…` or `json.…` code, or `limit.too-large`.
    public init(parsing bytes: [UInt8], of subject: String = "map file") throws {
        let limits = JSONLimits(bytes: Self.maximumLength, depth: 8)
        let fields = try JSONFields(JSONReader.read(bytes, of: subject, limits: limits), of: subject)
        try fields.demandOnly(["repositories", "mapping"])
        let repositories = try Self.repositories(fields.fields("repositories"))
        let known = Set(repositories.map(\.name))
        let mapping = try fields.array("mapping")
        try Self.limit(mapping.count, Self.maximumMappings, "mappings", in: subject)
        mappings = try mapping.enumerated().map { index, value in
            try RepositoryMapping(
                JSONFields(value, of: "\(subject) `mapping` \(index + 1)"),
                known: known
            )
        }
        self.repositories = repositories
    }

    private static func repositories(_ fields: JSONFields) throws -> [Repository] {
        try limit(fields.object.count, maximumRepositories, "repositories", in: fields.subject)
        var folders: Set<[UInt8]> = []
        return try fields.object.keys.map { key in
            let name = try RepositoryName(checking: key, in: fields.subject)
            guard folders.insert(name.folded).inserted else {
                throw Refusal(
                    ConsensusCode.duplicateRepository,
                    fields.subject,
                    expected: "names that differ by more than case",
                    found: "`\(name)` again"
                )
            }
            return Repository(name: name, urls: try urls(of: name, in: fields))
        }
    }

    private static func urls(of name: RepositoryName, in fields: JSONFields) throws -> [String] {
        let urls = try fields.strings(name.text)
        try limit(urls.count, maximumURLs, "addresses of `\(name)`", in: fields.subject)
        guard !urls.isEmpty else {
            throw Refusal(
                ConsensusCode.repositoryURL,
                "repository `\(name)`",
                expected: "at least one address",
                found: "none"
            )
        }
        for url in urls where !isAddress(url) {
            throw Refusal(
                ConsensusCode.repositoryURL,
                "repository `\(name)`",
                expected: "an address that begins with `https://`, `http://` or `file:///`"
            )
        }
        return urls
    }

    private static func isAddress(_ url: String) -> Bool {
        let schemes = ["https://", "http://", "file:///"]
        return url.utf8.count <= maximumURLLength && url.utf8.allSatisfy { (0x21...0x7E).contains($0) }
            && schemes.contains { url.utf8.starts(with: $0.utf8) && url.utf8.count > $0.utf8.count }
    }

    static func limit(_ count: Int, _ most: Int, _ what: String, in subject: String) throws {
        guard count > most else { return }
        throw Refusal(
            CoreCode.tooLarge,
            subject,
            expected: "at most \(most) \(what)",
            found: "\(count)"
        )
    }
}

extension JSONFields {
    /// Refuses members that are not named (`json.shape`).
    func demandOnly(_ known: [String]) throws {
        guard let unknown = unrecognized(besides: known).keys.first else { return }
        let names = known.map { "`\($0)`" }.joined(separator: ", ")
        throw Refusal(CoreCode.jsonShape, subject, expected: "only \(names)", found: "`\(unknown)`")
    }
}
