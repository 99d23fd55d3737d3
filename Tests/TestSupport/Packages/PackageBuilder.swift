// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import CBzip2
public import CondaFormats
public import TrustCore

/// Makes small packages with correct manifests, deterministic to the byte, and breaks one thing at a time on demand.
public struct PackageBuilder: Sendable {
    /// How a noarch package is laid out.
    public enum Noarch: String, Sendable {
        case generic
        case python
    }

    /// Whether a file holds the placeholder, and how it is to be replaced.
    public enum Placeholder: String, Sendable {
        case none
        case text
        case binary
    }

    /// The build-time prefix that installing replaces: as long as conda-build's.
    public static let placeholder: String = {
        let base = "/home/builder/kingsnake_demo_placehold"
        return base + String(repeating: "_placehold", count: (255 - base.count) / 10)
    }()

    private struct Entry: Sendable {
        let path: String
        var content: [UInt8] = []
        var link: String?
        var isExecutable = false
        var placeholder = Placeholder.none
        var isListed = true
        var isDirectory = false
        var isNeverLinked = false
    }

    /// The package's name.
    public let name: String
    /// The version.
    public let version: String
    /// The build string.
    public let build: String
    /// The subdir it says it is for.
    public let subdir: String
    /// The build number.
    public var buildNumber = 0
    /// What it needs.
    public var depends: [String] = []
    /// Whether it is noarch, and how.
    public var noarch: Noarch?
    /// Entry points of a noarch Python package, such as `hello = hello.main:run`.
    public var entryPoints: [String] = []
    /// Further members of `info/index.json`.
    public var indexExtras = JSONObject()
    /// `info/about.json`.
    public var about = JSONObject()
    private var entries: [Entry] = []
    private var infoExtras: [(String, [UInt8])] = []

    /// Begins a package.
    public init(name: String, version: String, build: String, subdir: String) {
        self.name = name
        self.version = version
        self.build = build
        self.subdir = subdir
    }

    /// The file name in a format.
    public func fileName(_ format: ArchiveFormat) -> String { "\(name)-\(version)-\(build)\(format.suffix)" }

    /// Adds a text file.
    public mutating func add(
        file path: String,
        _ text: String,
        executable: Bool = false,
        placeholder: Placeholder = .none,
        isNeverLinked: Bool = false
    ) {
        add(
            file: path,
            bytes: Array(text.utf8),
            executable: executable,
            placeholder: placeholder,
            isNeverLinked: isNeverLinked
        )
    }

    /// Adds a file.
    public mutating func add(
        file path: String,
        bytes: [UInt8],
        executable: Bool = false,
        placeholder: Placeholder = .none,
        isNeverLinked: Bool = false
    ) {
        var entry = Entry(path: path, content: bytes, isExecutable: executable, placeholder: placeholder)
        entry.isNeverLinked = isNeverLinked
        entries.append(entry)
    }

    /// Adds a symbolic link.
    public mutating func addLink(_ path: String, to target: String) {
        entries.append(Entry(path: path, link: target))
    }

    /// Adds an empty folder.
    public mutating func addFolder(_ path: String) { entries.append(Entry(path: path, isDirectory: true)) }

    /// Adds an entry whose path is written as it is, and which the manifest does not list.
    public mutating func addUnchecked(path: String, _ text: String) {
        entries.append(Entry(path: path, content: Array(text.utf8), isListed: false))
    }

    /// Adds a file below `info/`.
    public mutating func addInfo(_ name: String, _ text: String) {
        infoExtras.append((name, Array(text.utf8)))
    }

    /// The package's bytes.
    ///
    /// - Parameter tamper: changes the payload's tar data before it is compressed.
    public func build(_ format: ArchiveFormat, tamper: (inout TarWriter) -> Void = { _ in }) throws -> [UInt8]
    {
        switch format {
        case .conda:
            var payload = TarWriter()
            addPayload(to: &payload)
            tamper(&payload)
            var info = TarWriter()
            addInfo(to: &info)
            return try Self.conda(
                stem: "\(name)-\(version)-\(build)",
                payload: payload.finished(),
                info: info.finished()
            )
        case .tarBz2:
            var tar = TarWriter()
            addPayload(to: &tar)
            tamper(&tar)
            addInfo(to: &tar)
            return try Self.bzip2(tar.finished())
        }
    }

    /// The record that an index has of the package with these bytes.
    public func record(of bytes: [UInt8]) -> JSONObject {
        var record = index
        record["md5"] = .string(Digest.of(bytes, by: .md5).hex)
        record["sha256"] = .string(Digest.of(bytes).hex)
        record["size"] = .number(JSONNumber(Int64(bytes.count)))
        return record
    }

    /// Puts two tar archives into a `.conda` file.
    public static func conda(stem: String, payload: [UInt8], info: [UInt8]) throws -> [UInt8] {
        ZipWriter.archive([
            ZipWriter.Member("metadata.json", Array(#"{"conda_pkg_format_version": 2}"#.utf8)),
            ZipWriter.Member("pkg-\(stem).tar.zst", try Zstd.compress(payload)),
            ZipWriter.Member("info-\(stem).tar.zst", try Zstd.compress(info)),
        ])
    }

    /// Compresses with bzip2.
    public static func bzip2(_ bytes: [UInt8]) throws -> [UInt8] {
        var output = [CChar](repeating: 0, count: bytes.count + bytes.count / 100 + 700)
        var length = UInt32(output.count)
        var input = bytes.map { CChar(bitPattern: $0) }
        let status = BZ2_bzBuffToBuffCompress(&output, &length, &input, UInt32(input.count), 9, 0, 0)
        guard status == BZ_OK else { throw Failure(.configuration, "bzip2 failed with \(status)") }
        return output.prefix(Int(length)).map { UInt8(bitPattern: $0) }
    }

    private func addPayload(to tar: inout TarWriter) {
        for entry in entries {
            if entry.isDirectory {
                tar.add(.directory, entry.path + "/", mode: 0o755)
            } else if let link = entry.link {
                tar.add(.symbolicLink, entry.path, link: link, mode: 0o777)
            } else {
                tar.add(.file, entry.path, content: entry.content, mode: entry.isExecutable ? 0o755 : 0o644)
            }
        }
    }

    private func addInfo(to tar: inout TarWriter) {
        var files: [(String, [UInt8])] = [
            ("info/index.json", JSONWriter.encode(.object(index), .indented)),
            ("info/paths.json", JSONWriter.encode(paths, .indented)),
            ("info/about.json", JSONWriter.encode(.object(about))),
        ]
        if noarch == .python {
            let link: JSONValue = [
                "noarch": ["type": "python", "entry_points": .array(entryPoints.map { .string($0) })],
                "package_metadata_version": 1,
            ]
            files.append(("info/link.json", JSONWriter.encode(link, .indented)))
        }
        for (name, content) in files + infoExtras { tar.add(.file, name, content: content) }
    }

    private var index: JSONObject {
        var index = JSONObject()
        index["name"] = .string(name)
        index["version"] = .string(version)
        index["build"] = .string(build)
        index["build_number"] = .number(JSONNumber(Int64(buildNumber)))
        index["depends"] = .array(depends.map { .string($0) })
        index["subdir"] = .string(subdir)
        index["license"] = "BSD-3-Clause"
        index["timestamp"] = 1_767_225_600_000
        if let noarch { index["noarch"] = .string(noarch.rawValue) }
        for member in indexExtras.members { index[member.key] = member.value }
        return index
    }

    private var paths: JSONValue {
        let listed = entries.filter { $0.isListed }.map { entry -> JSONValue in
            var path = JSONObject()
            path["_path"] = .string(entry.path)
            path["path_type"] = entry.isDirectory ? "directory" : entry.link == nil ? "hardlink" : "softlink"
            guard !entry.isDirectory else { return .object(path) }
            if entry.isNeverLinked { path["no_link"] = true }
            let content = entry.link.map { linked(at: $0, from: entry.path) } ?? entry.content
            path["sha256"] = .string(Digest.of(content).hex)
            path["size_in_bytes"] = .number(JSONNumber(Int64(content.count)))
            if entry.placeholder != .none {
                path["file_mode"] = .string(entry.placeholder.rawValue)
                path["prefix_placeholder"] = .string(Self.placeholder)
            }
            return .object(path)
        }
        return ["paths": .array(listed), "paths_version": 1]
    }

    /// The content of the file that a link beside it leads to.
    private func linked(at target: String, from link: String) -> [UInt8] {
        let folder = link.split(separator: "/").dropLast().joined(separator: "/")
        let path = folder.isEmpty ? target : "\(folder)/\(target)"
        return entries.first { $0.path == path }?.content ?? []
    }
}
