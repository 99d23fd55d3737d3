// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

internal import CondaFormats
internal import TrustCore

/// What `channeldata.json` says about one package, in all subdirs: from its newest version, for people and
/// search.
enum ChannelDataElement {
    /// Members of `info/about.json` that are told, in byte order.
    private static let about = [
        "description", "dev_url", "doc_source_url", "doc_url", "home", "identifiers", "keywords", "license",
        "license_family", "source_git_url", "summary", "tags",
    ]

    /// The element, such as `"zlib":{…}`; nil for a package of which nothing is listed.
    static func text(of package: PackageName, files: [HostedFile], facts: [Digest: PackageFacts]) -> [UInt8]?
    {
        let listed = files.filter { $0.state == .listed }.sorted { precedes($0, $1) }
        guard let newest = listed.last else { return nil }
        var object = JSONObject()
        let known = facts[newest.sha256]?.about.flatMap {
            try? JSONReader.read($0, of: "info/about.json").object
        }
        for member in about { object[member] = known?[member] }
        let record = try? JSONReader.read(newest.record, of: newest.fileName.text).object
        object["license"] = object["license"] ?? record?["license"]
        object["timestamp"] = record?["timestamp"]
        object["version"] = .string(newest.fileName.version)
        object["subdirs"] = .array(Set(listed.map(\.subdir)).sorted().map { .string($0.text) })
        var exports = JSONObject()
        for file in listed {
            guard let bytes = facts[file.sha256]?.runExports,
                let value = try? JSONReader.read(bytes, of: "info/run_exports.json").object, value.count > 0
            else { continue }
            exports[file.fileName.version] = .object(value)
        }
        object["run_exports"] = .object(exports)
        var text: [UInt8] = []
        JSONWriter.writeString(package.normalized, to: &text)
        text.append(UInt8(ascii: ":"))
        return text + JSONWriter.encode(.object(object.sorted))
    }

    /// By version; what cannot be ordered comes first, and of one version the file that was accepted last,
    /// last.
    private static func precedes(_ one: HostedFile, _ other: HostedFile) -> Bool {
        let versions = (try? CondaVersion(one.fileName.version), try? CondaVersion(other.fileName.version))
        switch versions {
        case (nil, _?): return true
        case (_?, nil): return false
        case (let a?, let b?) where a != b: return a < b
        default: return (one.acceptedAt, one.fileName) < (other.acceptedAt, other.fileName)
        }
    }
}
