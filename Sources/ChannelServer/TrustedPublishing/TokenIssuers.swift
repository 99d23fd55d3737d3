// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

internal import DurableFiles
internal import SigningKeys
internal import TrustCore

/// Whose tokens a server believes, and for whom tokens must be: `issuers.json` in the server's folder.
///
/// It is a file and not a table: who may write to the database through the server's interface cannot add an issuer. A
/// file that is there is the whole list; without one GitHub Actions and gitlab.com are believed.
public struct TokenIssuers: Sendable, Equatable {
    /// The issuers.
    public let issuers: [TokenIssuer]
    /// Audiences beside the server's own name.
    public let audiences: [String]

    /// The file's name in the server's folder.
    public static let fileName = "issuers.json"
    /// The largest file, in bytes.
    static let maximumLength = 64 << 10
    /// The most issuers, and the most audiences.
    static let maximumCount = 64
    private static let limits = JSONLimits(bytes: maximumLength, depth: 8, values: 4_096)

    /// What is believed where there is no file.
    public static let usual = TokenIssuers(issuers: [.github, .gitlab], audiences: [])

    init(issuers: [TokenIssuer], audiences: [String]) {
        self.issuers = issuers
        self.audiences = audiences
    }

    /// Reads the file of a server's folder; the usual issuers if there is none.
    ///
    /// - Throws: `oidc.issuer-file`, or a `json.…` code, or a `Failure`.
    public static func read(inServerAt directory: String) throws -> TokenIssuers {
        let path = directory + "/" + fileName
        guard let bytes = try DurableFile.read(path, maximumLength: maximumLength) else { return usual }
        return try TokenIssuers(json: bytes)
    }

    /// Reads the text of a file.
    ///
    /// - Throws: `oidc.issuer-file`, or a `json.…` code.
    public init(json bytes: [UInt8]) throws {
        let fields = try JSONFields(
            try JSONReader.read(bytes, of: Self.fileName, limits: Self.limits),
            of: Self.fileName
        )
        try Self.demand(["schema", "issuers", "audiences"], of: fields)
        guard try fields.integer("schema") == 1 else { throw Self.wrong("schema", "1") }
        let values = try fields.array("issuers")
        guard (1...Self.maximumCount).contains(values.count) else {
            throw Self.wrong("issuers", "1 to \(Self.maximumCount)")
        }
        issuers = try values.map { try Self.issuer(try JSONFields($0, of: "an issuer of \(Self.fileName)")) }
        guard Set(issuers.map { ByteKey($0.url) }).count == issuers.count else {
            throw Self.wrong("issuers", "each issuer once")
        }
        audiences = try fields.optionalStrings("audiences") ?? []
        guard audiences.count <= Self.maximumCount, audiences.allSatisfy({ Self.isText($0, limit: 256) })
        else {
            throw Self.wrong("audiences", "at most \(Self.maximumCount) texts of 1 to 256 visible bytes")
        }
    }

    /// The issuer of an address, to the byte; nil if it is not believed.
    public func issuer(_ url: String) -> TokenIssuer? { issuers.first { ByteKey.areEqual($0.url, url) } }

    private static func issuer(_ fields: JSONFields) throws -> TokenIssuer {
        try demand(["issuer", "kind", "claims", "maximum_lifetime"], of: fields)
        let url = try fields.string("issuer")
        guard isAddress(url) else {
            throw wrong("issuer", "an address with `https://`, or `http://` of this machine", url)
        }
        let lifetime = try fields.optionalInteger("maximum_lifetime") ?? TokenIssuer.usualLifetime
        guard (1...TokenIssuer.longestLifetime).contains(lifetime) else {
            throw wrong("maximum_lifetime", "1 to \(TokenIssuer.longestLifetime) seconds")
        }
        let claims = try fields.optionalFields("claims")
        let kind: TokenIssuer.Kind
        switch (try fields.string("kind"), claims) {
        case ("github", nil): kind = .github
        case ("gitlab", nil): kind = .gitlab
        case ("other", let claims): kind = .mapped(try claims.map(mapping) ?? [:])
        case ("github", _), ("gitlab", _): throw wrong("claims", "none: those of this kind are known")
        case (let name, _): throw wrong("kind", "`github`, `gitlab` or `other`", name)
        }
        return TokenIssuer(url, kind, maximumLifetime: lifetime)
    }

    private static func mapping(_ fields: JSONFields) throws -> [WorkloadClaim: String] {
        var mapping: [WorkloadClaim: String] = [:]
        for key in fields.object.keys {
            guard let claim = WorkloadClaim.allCases.first(where: { ByteKey.areEqual($0.rawValue, key) })
            else {
                let known = WorkloadClaim.allCases.map { "`\($0.rawValue)`" }.joined(separator: ", ")
                throw wrong("claims", known, key)
            }
            let name = try fields.string(key)
            guard isText(name, limit: 256) else {
                throw wrong("claims", "a claim's name of 1 to 256 visible bytes")
            }
            mapping[claim] = name
        }
        return mapping
    }

    private static func demand(_ known: [String], of fields: JSONFields) throws {
        for key in fields.object.keys where !known.contains(where: { ByteKey.areEqual($0, key) }) {
            throw wrong(key, known.map { "`\($0)`" }.joined(separator: ", "))
        }
    }

    /// Protected, or of this machine. Nothing that ends an address or hides its host.
    private static func isAddress(_ url: String) -> Bool {
        guard isText(url, limit: 1_024), !url.utf8.contains(where: { "@?#\\\"<>".utf8.contains($0) }) else {
            return false
        }
        if url.utf8.starts(with: "https://".utf8) { return url.utf8.count > 8 }
        return ServerAudience.isLoopback(url)
    }

    private static func isText(_ text: String, limit: Int) -> Bool {
        (1...limit).contains(text.utf8.count) && text.utf8.allSatisfy { (0x21...0x7E).contains($0) }
    }

    private static func wrong(_ key: String, _ expected: String, _ found: String? = nil) -> Refusal {
        Refusal(
            OIDCCode.issuerFile,
            fileName,
            at: "`\(Printable.text(key))`",
            expected: expected,
            found: found.map { "`\(Printable.text($0))`" }
        )
    }
}
