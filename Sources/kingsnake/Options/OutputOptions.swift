// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import ArgumentParser

/// Options that every command has.
struct OutputOptions: ParsableArguments {
    @Flag(help: "Print one JSON document instead of text.")
    var json = false

    @Flag(name: [.short, .long], help: "Print results and errors only.")
    var quiet = false

    var console: Console { Console(self) }
}
