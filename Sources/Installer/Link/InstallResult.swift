// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

/// What a transaction did.
public struct InstallResult: Sendable {
    /// A package, for showing.
    public struct Package: Sendable, Hashable {
        /// The package's name.
        public let name: String
        /// Its version.
        public let version: String
        /// Its build string.
        public let build: String
        /// Its channel and subdir.
        public let channel: String
        /// How many files it has in the prefix.
        public let fileCount: Int
    }

    /// A script that a package wants to run when it is linked or unlinked.
    public struct Script: Sendable, Hashable {
        /// When it wants to run.
        public enum Moment: String, Sendable {
            /// Before its files are linked: never run by us, only reported.
            case preLink = "pre-link"
            /// After its files are linked.
            case postLink = "post-link"
            /// Before its files are removed.
            case preUnlink = "pre-unlink"
        }

        /// What became of it.
        public enum Outcome: Sendable, Hashable {
            /// It was not run.
            case notRun
            /// It ran and ended with this status; a negative one is the signal that ended it.
            case exited(Int32)
            /// It could not be started.
            case couldNotRun(String)
        }

        /// The package it belongs to.
        public let package: String
        /// When it wants to run.
        public let moment: Moment
        /// Where it is, relative to the prefix.
        public let path: String
        /// What became of it.
        public var outcome: Outcome
    }

    /// The packages that are new in the prefix, in the order of the requests.
    public let installed: [Package]
    /// The packages that are no longer in the prefix.
    public let removed: [Package]
    /// The link scripts that were found, run or not.
    public let scripts: [Script]
    /// How the prefix's Python ended that compiled sources; nil if that was not asked for or not needed.
    public let compilation: Script.Outcome?
}
