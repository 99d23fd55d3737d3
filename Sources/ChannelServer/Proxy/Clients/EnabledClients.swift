// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

public import TrustCore

/// Which settings files have lines of ours, as the user's data folder remembers it. The files themselves say how they were;
/// this says where they are, and tells whether somebody else changed them since.
public struct EnabledClients: Sendable, Equatable {
    /// A settings file that was changed.
    public struct File: Sendable, Equatable {
        /// The client that it is for.
        public var client: String
        /// The file, as the client finds it.
        public var path: String
        /// The proxy that it leads to.
        public var proxy: String
        /// What was in it before; nil if there was none.
        public var original: Digest?
        /// The copy of what was in it before, if there was anything.
        public var copy: String?
        /// The folders that were made for it, the outermost first.
        public var folders: [String]

        /// Makes an entry.
        public init(
            client: String,
            path: String,
            proxy: String,
            original: Digest?,
            copy: String?,
            folders: [String]
        ) {
            self.client = client
            self.path = path
            self.proxy = proxy
            self.original = original
            self.copy = copy
            self.folders = folders
        }
    }

    /// The longest file, in bytes.
    public static let maximumLength = 1 << 20

    /// What the copy of a file is called beside it.
    public static let copyEnding = ".before-kingsnake"

    /// All changed files, each once.
    public private(set) var files: [File]

    /// The folders that were made for this list, the outermost first.
    public var folders: [String] = []

    /// Nothing is changed.
    public init() { files = [] }

    /// Reads what ``encoded`` makes (`json.…`).
    public init(parsing bytes: [UInt8], of path: String) throws {
        let value = try JSONReader.read(bytes, of: path, limits: JSONLimits(bytes: Self.maximumLength))
        let fields = try JSONFields(value, of: path)
        guard try fields.integer("schema") == 1 else { throw fields.wrong("schema", "1") }
        folders = try fields.optionalStrings("folders") ?? []
        files = try fields.array("files").map { element in
            let file = try JSONFields(element, of: path)
            return File(
                client: try file.string("client"),
                path: try file.string("path"),
                proxy: try file.string("proxy"),
                original: try file.optionalString("original_sha256").map { text in
                    guard let digest = Digest(.sha256, hex: text) else {
                        throw file.wrong("original_sha256", "a SHA-256")
                    }
                    return digest
                },
                copy: try file.optionalString("copy"),
                folders: try file.strings("folders")
            )
        }
    }

    /// The file's bytes.
    public var encoded: [UInt8] {
        var document = JSONObject()
        document["schema"] = 1
        document["files"] = .array(files.map { .object($0.json) })
        document["folders"] = .array(folders.map { .string($0) })
        return JSONWriter.encode(.object(document), .indented) + [0x0A]
    }

    /// The entry of a file.
    public func file(_ path: String) -> File? { files.first { ByteKey.areEqual($0.path, path) } }

    /// Remembers a file in place of what was known of it.
    public mutating func remember(_ file: File) {
        forget(file.path)
        files.append(file)
    }

    /// Forgets a file.
    public mutating func forget(_ path: String) { files.removeAll { ByteKey.areEqual($0.path, path) } }
}

extension EnabledClients.File {
    /// The entry as JSON, for the file and for reports.
    public var json: JSONObject {
        var object = JSONObject()
        object["client"] = .string(client)
        object["path"] = .string(path)
        object["proxy"] = .string(proxy)
        object["original_sha256"] = original.map { .string($0.hex) }
        object["copy"] = copy.map { .string($0) }
        object["folders"] = .array(folders.map { .string($0) })
        return object
    }
}
