// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

/// A program that reads conda channels, by how it is told of a proxy.
public enum ProxiedClient: String, Sendable, CaseIterable {
    case conda
    case mamba
    case micromamba
    case pixi
    case rattlerBuild = "rattler-build"
    /// Any other program: it gets the environment's proxies, which all know, and nothing else.
    case other

    /// The client that a command's first word names, with or without its folder.
    public init(program: String) {
        let name = program.split(separator: "/").last.map(String.init) ?? program
        // `other` is no program's name.
        self = Self.allCases.first { $0 != .other && $0.rawValue == name } ?? .other
    }
}
