// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

/// The channels that a command line names. What else is in it is not looked at.
enum ClientArguments {
    /// Reads `-c URL`, `-cURL`, `--channel URL`, `--channel=URL`, and channels before `::`; up to `--`.
    static func channels(_ arguments: [String]) -> [String] {
        var channels: [String] = []
        var isNext = false
        for argument in arguments.prefix(while: { $0 != "--" }) {
            if isNext {
                channels.append(argument)
                isNext = false
            } else if argument == "-c" || argument == "--channel" {
                isNext = true
            } else if argument.hasPrefix("--channel=") {
                channels.append(String(argument.dropFirst("--channel=".count)))
            } else if argument.hasPrefix("-c"), argument.contains("://") {
                channels.append(String(argument.dropFirst(argument.hasPrefix("-c=") ? 3 : 2)))
            } else if let end = argument.firstRange(of: "::") {
                channels.append(String(argument[..<end.lowerBound]))
            }
        }
        return channels.flatMap { $0.split(separator: ",").map { String($0) } }
    }
}
