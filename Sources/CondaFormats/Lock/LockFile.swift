// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

/// A lock file: which packages, by URL and digest, make up an environment.
///
/// Reading checks that the file means one thing: its form, its URLs and digests, and that no two entries
/// contradict each other. That the packages exist, fit together or may be trusted is not said here.
public struct LockFile: Sendable {
    /// The longest lock file, in bytes.
    public static let maximumLength = 64 << 20

    /// The kinds of lock files.
    public enum Format: Sendable, Hashable {
        /// A list of URLs after `@EXPLICIT` (CEP 23).
        case explicit
        /// A conda-lock file of version 1 (CEP 37).
        case condaLock
        /// A pixi lock file of this version, 4 to 7.
        case pixi(version: Int)
    }

    /// What kind of file it was read from.
    public let format: Format
    /// All parts of the file, in its order.
    let sections: [Section]

    /// The packages of one environment on one platform.
    struct Section: Sendable {
        /// The environment in pixi files, the category in conda-lock files, empty in explicit lists.
        let environment: String
        /// The platform's name in the file, which need not be that of a subdirectory; nil if the file has
        /// none.
        let platformName: String?
        /// The subdirectory that the platform's packages come from.
        let platform: Subdir?
        /// The channels that the packages were chosen from, as the file names them.
        let channels: [ChannelSpec]
        /// The conda packages.
        var packages: [LockedPackage]
        /// Everything else.
        var unsupported: [UnsupportedLockEntry]

        /// An environment that has nothing, whatever the platform.
        static func empty(_ environment: String, channels: [ChannelSpec]) -> Section {
            Section(
                environment: environment,
                platformName: nil,
                platform: nil,
                channels: channels,
                packages: [],
                unsupported: []
            )
        }
    }

    /// The platforms that the file has packages for, each once; empty for an explicit list that names none.
    public var platforms: [Subdir] { sections.compactMap(\.platform).uniqued() }
    /// The environments, or the categories of a conda-lock file, each once; empty for an explicit list.
    public var environments: [String] { sections.map(\.environment).filter { !$0.isEmpty }.uniqued() }
    /// The environment that is meant where none is named.
    public var defaultEnvironment: String? {
        switch format {
        case .explicit: nil
        case .condaLock: "main"
        case .pixi: "default"
        }
    }
}

extension Sequence where Element: Hashable {
    /// The elements in their order, each once.
    func uniqued() -> [Element] {
        var seen: Set<Element> = []
        return filter { seen.insert($0).inserted }
    }
}
