// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import TrustCore

/// Reads pixi's lock files of versions 4 to 7.
///
/// `environments` name packages by URL, for each platform; `packages` describe them.
enum PixiLock {
    static let versions = 4...7

    static func parse(_ root: LockMapping, _ subject: String) throws -> LockFile {
        let text = try root.string("version", subject)
        guard let version = Int(text), versions.contains(version) else {
            throw Refusal(
                LockCode.unsupportedVersion,
                subject,
                expected: "a pixi lock file of version \(versions.lowerBound) to \(versions.upperBound)",
                found: "version \(QuotedText.short(text))"
            )
        }
        let descriptions = try PixiDescriptions(root, version, subject)
        let subdirs = try platforms(root, subject)
        var sections: [LockFile.Section] = []
        for member in try root.mapping("environments", subject).members {
            guard let body = member.value.mapping else {
                throw root.wrong("environments", "mappings", subject)
            }
            let channels = try body.optionalSequence("channels", subject).map {
                try LockChannels.channel($0, subject)
            }
            let platforms = try body.mapping("packages", subject).members
            // An environment without packages is one all the same, on every platform.
            if platforms.isEmpty { sections.append(.empty(member.key, channels: channels)) }
            for packages in platforms {
                let platform = packages.key
                guard let subdir = subdirs[ByteKey(platform)] ?? Subdir(ifValid: platform),
                    let list = packages.value.sequence
                else { throw body.wrong("packages", "lists by platform", subject) }
                let builder = try entries(list, descriptions, subject)
                sections.append(
                    LockFile.Section(
                        environment: member.key,
                        platformName: platform,
                        platform: subdir,
                        channels: channels,
                        packages: builder.packages,
                        unsupported: builder.unsupported
                    )
                )
            }
        }
        return LockFile(format: .pixi(version: version), sections: sections)
    }

    /// The subdirectories of the platforms that version 7 lists; a platform can have a name of its own.
    private static func platforms(_ root: LockMapping, _ subject: String) throws -> [ByteKey: Subdir] {
        var subdirs: [ByteKey: Subdir] = [:]
        for node in try root.optionalSequence("platforms", subject) {
            guard let body = node.mapping else {
                throw root.wrong("platforms", "a list of mappings", subject)
            }
            let name = try body.string("name", subject)
            guard let subdir = Subdir(ifValid: try body.optionalString("subdir", subject) ?? name) else {
                throw body.wrong("subdir", "a platform such as `linux-64`", subject)
            }
            guard subdirs.updateValue(subdir, forKey: ByteKey(name)) == nil else {
                throw Refusal(
                    LockCode.conflictingEntries,
                    subject,
                    at: "line \(node.line)",
                    expected: "each platform once",
                    found: "`\(QuotedText.short(name))` twice"
                )
            }
        }
        return subdirs
    }

    private static func entries(
        _ list: [LockNode],
        _ descriptions: PixiDescriptions,
        _ subject: String
    ) throws -> LockSectionBuilder {
        var builder = LockSectionBuilder(subject)
        for node in list {
            guard let entry = node.mapping else {
                throw Refusal(
                    LockCode.shape,
                    subject,
                    at: "line \(node.line)",
                    expected: "`conda: URL` or `pypi: URL`",
                    found: node.typeName
                )
            }
            if let url = try entry.optionalString("conda", subject) {
                switch try descriptions.conda(url, line: node.line) {
                case .package(let package): try builder.add(package)
                case .unsupported(let kind): builder.add(kind, url, line: node.line)
                }
            } else if let source = try entry.optionalString("conda_source", subject) {
                builder.add(.condaSource, source, line: node.line)
            } else if let url = try entry.optionalString("pypi", subject) {
                builder.add(.pypi, url, line: node.line)
            } else {
                throw entry.wrong("conda", "there, or `pypi`", subject)
            }
        }
        return builder
    }
}
