// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

internal import DurableFiles
internal import TrustCore

/// What the one who runs a server decides about it: `server.json` in its folder, and the command line on top
/// of it.
public struct ServerSettings: Sendable, Equatable {
    /// The address to listen on.
    public var host = "127.0.0.1"
    /// The port; 0 for a free one.
    public var port = 8080
    /// Where the server is for others, such as `https://channels.example.org`; nil for where it listens.
    public var publicURL: String?
    /// The files of a certificate chain and its key; nil for no TLS.
    public var tls: TLSFiles?
    /// Whose keys attestations of uploads are verified with: the name of a Sigstore instance, whose keys are updated while
    /// the server runs, or a path (with a `/`) of a file with a trusted root. Nil for the public instance, which is asked
    /// for its keys when the first attestation comes.
    public var trustedRoot: String?
    /// Whether everybody may read `/metrics`; otherwise those who may operate the server.
    public var hasPublicMetrics = false
    /// How much a channel may hold of which nobody said anything else; without limit by default.
    public var quota = ChannelQuota.unlimited
    /// What keeps single clients from using all of it.
    public var limits = ServerLimits()

    /// The files of a certificate chain and its key, in PEM.
    public struct TLSFiles: Sendable, Equatable {
        /// The path of the certificates: the server's own first.
        public var certificate: String
        /// The path of the private key.
        public var key: String

        /// Makes one.
        public init(certificate: String, key: String) {
            self.certificate = certificate
            self.key = key
        }
    }

    /// The defaults.
    public init() {}

    /// The name of the file in the server's folder.
    public static let fileName = "server.json"
    private static let maximumLength = 1 << 20
    private static let names: Set<String> = [
        "schema", "host", "port", "public_url", "tls", "trusted_root", "public_metrics", "limits",
        "quotas",
    ]

    /// Reads the file in a server's folder; the defaults where there is none.
    ///
    /// - Throws: a `Failure` for a file that is not understood: people edit it by hand, and a name that was
    ///   mistyped must not mean the default.
    public init(directory: String) throws {
        let path = directory + "/" + Self.fileName
        guard let bytes = try DurableFile.read(path, maximumLength: Self.maximumLength) else {
            self.init()
            return
        }
        do {
            try self.init(parsing: bytes, of: path, in: directory)
        } catch let refusal as Refusal {
            throw Failure(
                .configuration,
                "the server's settings are not understood",
                at: path,
                remedy: "correct the file",
                cause: refusal
            )
        }
    }

    /// Reads the text of a file.
    ///
    /// - Throws: a `json.…` code.
    init(parsing bytes: [UInt8], of subject: String, in directory: String) throws {
        try read(try JSONFields(try JSONReader.read(bytes, of: subject), of: "the settings"), directory)
    }

    private mutating func read(_ fields: JSONFields, _ directory: String) throws {
        try Self.demandKnown(fields, Self.names)
        guard try fields.integer("schema") == 1 else { throw fields.wrong("schema", "1") }
        if let host = try fields.optionalString("host") { self.host = host }
        if let port = try fields.optionalInteger("port") {
            guard let port = UInt16(exactly: port) else { throw fields.wrong("port", "0 to 65535") }
            self.port = Int(port)
        }
        publicURL = try fields.optionalString("public_url")
        trustedRoot = try fields.optionalString("trusted_root").map { Self.trustedRoot($0, in: directory) }
        if let tls = try fields.optionalFields("tls") {
            try Self.demandKnown(tls, ["certificate", "key"])
            self.tls = TLSFiles(
                certificate: Self.path(try tls.string("certificate"), directory),
                key: Self.path(try tls.string("key"), directory)
            )
        }
        if let isPublic = try fields.optionalBool("public_metrics") { hasPublicMetrics = isPublic }
        if let limits = try fields.optionalFields("limits") { try self.limits.read(limits) }
        if let quotas = try fields.optionalFields("quotas") {
            try Self.demandKnown(quotas, ["channel_bytes", "channel_files"])
            quota = ChannelQuota(
                bytes: try Self.quota("channel_bytes", quotas),
                files: try Self.quota("channel_files", quotas)
            )
        }
    }

    private static func quota(_ name: String, _ fields: JSONFields) throws -> Int64? {
        guard let value = try fields.optionalInteger(name) else { return nil }
        guard value >= 0 else { throw fields.wrong(name, "0 or more") }
        return value
    }

    /// What names a trusted root: a word is an instance, and whatever else a path.
    public static func trustedRoot(_ text: String, in directory: String) -> String {
        let isPath = text.utf8.contains { $0 == UInt8(ascii: "/") || $0 == UInt8(ascii: ".") }
        return isPath ? path(text, directory) : text
    }

    /// A path from the settings starts at the settings' folder.
    private static func path(_ text: String, _ directory: String) -> String {
        text.utf8.first == UInt8(ascii: "/") ? text : directory + "/" + text
    }

    static func demandKnown(_ fields: JSONFields, _ names: Set<String>) throws {
        for name in fields.object.keys where !names.contains(name) {
            throw fields.wrong(name, "one of \(names.sorted().joined(separator: ", "))")
        }
    }
}
