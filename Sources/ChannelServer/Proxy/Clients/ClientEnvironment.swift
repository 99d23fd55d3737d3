// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

/// What one command of a client needs so that it asks a proxy: variables, and files that its variables name.
public struct ClientEnvironment: Sendable {
    /// A file that the caller writes, for the user alone, and removes when the command has ended.
    public struct File: Sendable {
        /// Its name in the temporary folder.
        public let name: String
        /// Its content.
        public let bytes: [UInt8]
    }

    /// The whole environment of the command.
    public internal(set) var variables: [String: String]
    /// The files.
    public internal(set) var files: [File] = []
    /// Words to put between the program's name and its arguments.
    public internal(set) var arguments: [String] = []
    /// What the user should know before the command runs: one sentence each, without the full stop.
    public internal(set) var remarks: [String] = []

    /// Nothing but variables.
    public init(variables: [String: String]) { self.variables = variables }
}
