// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import CondaFormats
import Foundation
import TestSupport
import Testing
import TrustCore

@testable import Installer

/// A package that stands unpacked in a folder, made without an archive.
struct FakePackage {
    /// A file, a link or an empty folder of the package.
    enum Content {
        case file(String, mode: Int = 0o644, placeholder: PathEntry.Placeholder? = nil, noLink: Bool = false)
        case link(String)
        case folder
    }

    var name = "pkg"
    var version = "1.0"
    var build = "0"
    var noarch: String?
    var entryPoints: [String] = []
    var sitePackages: String?
    var contents: [String: Content] = [:]

    static let placeholder = "/opt/anaconda1anaconda2anaconda3/" + String(repeating: "placehold_", count: 20)

    var index: JSONObject {
        var object = JSONObject()
        object["name"] = .string(name)
        object["version"] = .string(version)
        object["build"] = .string(build)
        object["build_number"] = 0
        object["subdir"] = noarch == nil ? "linux-64" : "noarch"
        object["depends"] = []
        if let noarch { object["noarch"] = .string(noarch) }
        if let sitePackages { object["python_site_packages_path"] = .string(sitePackages) }
        return object
    }

    /// Writes the package below a folder and makes the request for it.
    func request(in folder: TemporaryFolder, specs: [String] = []) throws -> LinkRequest {
        let root = "cache/\(name)-\(version)-\(build)-\(UUID().uuidString.prefix(8))"
        var entries: [PathEntry] = []
        try FileManager.default.createDirectory(
            atPath: "\(folder.path)/\(root)",
            withIntermediateDirectories: true
        )
        for (path, content) in contents.sorted(by: { $0.key < $1.key }) {
            entries.append(try write(path, content, root, folder))
        }
        try folder.write(JSONWriter.encode(.object(index)), to: "\(root)/info/index.json")
        if noarch != nil || !entryPoints.isEmpty {
            let link: JSONValue = [
                "noarch": [
                    "type": .string(noarch ?? "generic"),
                    "entry_points": .array(entryPoints.map { .string($0) }),
                ], "package_metadata_version": 1,
            ]
            try folder.write(JSONWriter.encode(link), to: "\(root)/info/link.json")
        }
        try folder.write(JSONWriter.encode(paths(entries)), to: "\(root)/info/paths.json")
        return try request(at: "\(folder.path)/\(root)", specs: specs)
    }

    /// The request for the package that stands in a folder already.
    func request(at directory: String, specs: [String] = []) throws -> LinkRequest {
        let paths = Array(try Data(contentsOf: URL(fileURLWithPath: directory + "/info/paths.json")))
        let extracted = ExtractedPackage(
            directory: directory,
            sha256: Digest.of(paths),
            md5: nil,
            size: 100,
            manifest: try PathsManifest.read(infoFiles: ["info/paths.json": paths])
        )
        let fileName = "\(name)-\(version)-\(build).conda"
        return LinkRequest(
            extracted: extracted,
            record: index,
            fileName: fileName,
            url: "https://conda.example.org/main/linux-64/\(fileName)",
            channel: "https://conda.example.org/main/",
            requestedSpecs: specs
        )
    }

    private func write(
        _ path: String,
        _ content: Content,
        _ root: String,
        _ folder: TemporaryFolder
    ) throws -> PathEntry {
        let target = try #require(PrefixPath(path))
        let absolute = "\(folder.path)/\(root)/\(path)"
        let parent = (absolute as NSString).deletingLastPathComponent
        try FileManager.default.createDirectory(atPath: parent, withIntermediateDirectories: true)
        switch content {
        case .folder:
            try FileManager.default.createDirectory(atPath: absolute, withIntermediateDirectories: true)
            return PathEntry(path: target, kind: .directory)
        case .link(let destination):
            try FileManager.default.createSymbolicLink(atPath: absolute, withDestinationPath: destination)
            return PathEntry(path: target, kind: .symbolicLink, sha256: Digest.of([]), size: 0)
        case .file(let text, let mode, let placeholder, let noLink):
            try folder.write(Array(text.utf8), to: "\(root)/\(path)")
            try FileManager.default.setAttributes([.posixPermissions: mode], ofItemAtPath: absolute)
            return PathEntry(
                path: target,
                sha256: Digest.of(Array(text.utf8)),
                size: UInt64(text.utf8.count),
                placeholder: placeholder,
                noLink: noLink
            )
        }
    }

    private func paths(_ entries: [PathEntry]) -> JSONValue {
        let paths: [JSONValue] = entries.map { entry in
            var object = JSONObject()
            object["_path"] = .string(entry.path.text)
            object["path_type"] = .string(entry.kind.rawValue)
            if let sha256 = entry.sha256 { object["sha256"] = .string(sha256.hex) }
            if let size = entry.size { object["size_in_bytes"] = .number(JSONNumber(Int64(size))) }
            if let placeholder = entry.placeholder {
                object["prefix_placeholder"] = .string(placeholder.text)
                object["file_mode"] = .string(placeholder.mode.rawValue)
            }
            if entry.noLink { object["no_link"] = true }
            return .object(object)
        }
        return ["paths_version": 1, "paths": .array(paths)]
    }
}
