// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import TrustCore

/// Reads conda-lock files of version 1 (CEP 37).
enum CondaLock {
    /// What an entry belongs to: a section of the lock file.
    private struct Place: Hashable {
        let platform: Subdir
        let category: ByteKey
    }

    static func parse(_ root: LockMapping, _ subject: String) throws -> LockFile {
        if let version = try root.optionalString("version", subject), version != "1" {
            throw Refusal(
                LockCode.unsupportedVersion,
                subject,
                expected: "a conda-lock file of version 1",
                found: "version \(QuotedText.short(version))"
            )
        }
        let metadata = try root.mapping("metadata", subject)
        let platforms = try metadata.sequence("platforms", subject).map {
            try platform($0.text, $0.line, subject)
        }
        let channels = try metadata.optionalSequence("channels", subject).map { node in
            try LockChannels.channel(node, subject)
        }
        var builders: [Place: LockSectionBuilder] = [:]
        var places: [Place] = []
        func add(_ entry: LockMapping, _ line: Int) throws {
            let platform = try platform(try entry.string("platform", subject), line, subject)
            guard platforms.contains(platform) else {
                throw Refusal(
                    LockCode.entryMismatch,
                    subject,
                    at: "line \(line)",
                    expected: "a platform of the metadata",
                    found: "`\(platform)`"
                )
            }
            let category = try entry.optionalString("category", subject) ?? "main"
            let place = Place(platform: platform, category: ByteKey(category))
            if builders[place] == nil { places.append(place) }
            try addEntry(
                entry,
                category,
                line,
                to: &builders[place, default: LockSectionBuilder(subject)],
                subject
            )
        }
        for node in try root.sequence("package", subject) {
            guard let entry = node.mapping else { throw root.wrong("package", "a list of mappings", subject) }
            try add(entry, node.line)
        }
        for platform in platforms where !places.contains(where: { $0.platform == platform }) {
            places.append(Place(platform: platform, category: ByteKey("main")))
        }
        let sections = places.map { place in
            LockFile.Section(
                environment: place.category.text,
                platformName: place.platform.text,
                platform: place.platform,
                channels: channels,
                packages: builders[place]?.packages ?? [],
                unsupported: builders[place]?.unsupported ?? []
            )
        }
        return LockFile(format: .condaLock, sections: sections)
    }

    private static func platform(_ text: String?, _ line: Int, _ subject: String) throws -> Subdir {
        guard let text, let subdir = Subdir(ifValid: text) else {
            throw Refusal(
                LockCode.shape,
                subject,
                at: "line \(line)",
                expected: "a platform such as `linux-64`",
                found: text.map { "`\(QuotedText.short($0))`" }
            )
        }
        return subdir
    }

    private static func addEntry(
        _ entry: LockMapping,
        _ category: String,
        _ line: Int,
        to builder: inout LockSectionBuilder,
        _ subject: String
    ) throws {
        let name = try entry.string("name", subject)
        let version = try entry.string("version", subject)
        let url = try entry.string("url", subject)
        switch try entry.string("manager", subject) {
        case "pip": builder.add(.pypi, "\(name) \(version)", line: line)
        case "conda":
            let hash = try entry.mapping("hash", subject)
            if let location = try LockSectionBuilder.location(url, subject, line: line) {
                try LockedClaims(
                    name: name,
                    version: version,
                    build: try entry.optionalString("build", subject)
                )
                .check(location, subject, line: line)
            }
            try builder.addConda(
                url,
                md5: try hash.digest("md5", .md5, subject),
                sha256: try hash.digest("sha256", .sha256, subject),
                category: category,
                line: line
            )
        default: throw entry.wrong("manager", "`conda` or `pip`", subject)
        }
    }
}
