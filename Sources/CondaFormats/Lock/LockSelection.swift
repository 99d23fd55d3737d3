// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import TrustCore

/// What a lock file says for one environment on one platform.
public struct LockSelection: Sendable {
    /// The conda packages, in the order of the file, each name once.
    public let packages: [LockedPackage]
    /// What the environment has besides, and this program does not install.
    public let unsupported: [UnsupportedLockEntry]
    /// The channels that the packages were chosen from, where the file says so.
    public let channels: [ChannelSpec]
}

extension LockFile {
    /// The packages for a platform.
    ///
    /// In a conda-lock file an environment is a category, and `main` is always part of it.
    ///
    /// - Parameter environment: nil for the file's default.
    /// - Throws: a `Refusal` with `lock.platform-missing`, `lock.environment-missing`,
    ///   `lock.wrong-platform` or `lock.conflicting-entries`.
    public func packages(platform: Subdir, environment: String? = nil) throws -> LockSelection {
        let chosen = try sections(platform: platform, environment: environment ?? defaultEnvironment)
        var builder = LockSectionBuilder("the lock file")
        for package in chosen.flatMap(\.packages) { try builder.add(package) }
        let packages = builder.packages
        var names: [PackageName: LockedPackage] = [:]
        for package in packages {
            guard package.subdir == platform || package.subdir == .noarch else {
                throw Refusal(
                    LockCode.wrongPlatform,
                    package.fileName.text,
                    at: "line \(package.line)",
                    expected: "`\(platform)` or `noarch`",
                    found: "`\(package.subdir)`"
                )
            }
            if let other = names.updateValue(package, forKey: package.name) {
                throw Refusal(
                    LockCode.conflictingEntries,
                    package.name.raw,
                    at: "line \(package.line)",
                    expected: "one package of a name",
                    found: "`\(package.fileName)` and `\(other.fileName)`"
                )
            }
        }
        return LockSelection(
            packages: packages,
            unsupported: chosen.flatMap(\.unsupported),
            channels: chosen.flatMap(\.channels).uniqued()
        )
    }

    private func sections(platform: Subdir, environment: String?) throws -> [Section] {
        var chosen = sections
        if let environment {
            func has(_ name: String) -> Bool { chosen.contains { ByteKey($0.environment) == ByteKey(name) } }
            guard format != .explicit,
                has(environment) || environment == defaultEnvironment && !chosen.isEmpty
            else {
                throw Refusal(
                    LockCode.environmentMissing,
                    QuotedText.short(environment),
                    expected: environments.isEmpty
                        ? "none, the file has one environment"
                        : "one of \(environments.map(QuotedText.short))"
                )
            }
            let always = format == .condaLock ? "main" : environment
            chosen = chosen.filter {
                [ByteKey(environment), ByteKey(always)].contains(ByteKey($0.environment))
            }
        }
        let named = chosen.filter { $0.platform == nil || $0.platformName == platform.text }
        if !named.isEmpty { return named }
        // Pixi's platforms can have names of their own; one of the right subdirectory is meant if it is the only one.
        let fitting = chosen.filter { $0.platform == platform }
        guard fitting.count == 1 else {
            let names = chosen.compactMap(\.platformName).uniqued().map(QuotedText.short)
            throw Refusal(
                LockCode.platformMissing,
                platform.text,
                expected: "one of \(names.joined(separator: ", "))",
                found: fitting.isEmpty ? nil : "\(fitting.count) platforms with this subdirectory"
            )
        }
        return fitting
    }
}
