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
    /// The file of the Sigstore instance's trusted root that attestations of uploads are verified with; nil for the public
    /// instance's, as it came with the program.
    public var trustedRoot: String?
    /// Whether everybody may read `/metrics`; otherwise those who may operate the server.
    public var hasPublicMetrics = false
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
    ]

    /// Reads the file in a server's folder; the defaults where there is none.
    ///
    /// - Throws: a `Failure` for a file that is not understood: people edit it by hand, and a name that was
    ///   mistyped must not mean the default.
    public init(directory: String) throws {
        let path = directory + "/" + Self.fileName
        guard let bytes = try DurableFile.read(path, maximumLength: Self.maximumLength) else { return }
        do {
            try read(try JSONFields(try JSONReader.read(bytes, of: path), of: "the settings"), directory)
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

    private mutating func read(_ fields: JSONFields, _ directory: String) throws {
        try Self.demandKnown(fields, Self.names)
        guard try fields.integer("schema") == 1 else { throw fields.wrong("schema", "1") }
        if let host = try fields.optionalString("host") { self.host = host }
        if let port = try fields.optionalInteger("port") {
            guard let port = UInt16(exactly: port) else { throw fields.wrong("port", "0 to 65535") }
            self.port = Int(port)
        }
        publicURL = try fields.optionalString("public_url")
        trustedRoot = try fields.optionalString("trusted_root").map { Self.path($0, directory) }
        if let tls = try fields.optionalFields("tls") {
            try Self.demandKnown(tls, ["certificate", "key"])
            self.tls = TLSFiles(
                certificate: Self.path(try tls.string("certificate"), directory),
                key: Self.path(try tls.string("key"), directory)
            )
        }
        if let isPublic = try fields.optionalBool("public_metrics") { hasPublicMetrics = isPublic }
        if let limits = try fields.optionalFields("limits") { try self.limits.read(limits) }
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
