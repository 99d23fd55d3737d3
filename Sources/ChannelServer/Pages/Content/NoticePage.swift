// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

internal import HTTPTypes
internal import TrustCore

/// Pages that say one thing: an error, or who is logged in.
enum NoticePage {
    /// An error, for people.
    static func error(_ problem: HTTPProblem, requestID: String, isLoggedIn: Bool) -> Page {
        // Who is asked for a key in the middle of looking around would get a dialog they did not ask for; the words are the
        // same for what is not there and for what they may not see.
        let isHidden = problem.status == .unauthorized || problem.status == .notFound
        let title = isHidden ? "There is nothing here" : problem.title
        return Page(
            status: problem.status == .unauthorized ? .notFound : problem.status,
            title: title,
            crumbs: [PageAddresses.home],
            isForOne: true,
            content: HTMLContent.buildBlock(
                Tag.h1 { title },
                Tag.p {
                    isHidden
                        ? "The server has nothing under this address, or nothing that you may see."
                        : ForeignText.readable(problem.detail)
                },
                isHidden && !isLoggedIn
                    ? Tag.p {
                        "If you have a key, "
                        HTML.link(PageAddress(["login"]), "log in")
                        "."
                    } : HTML.none,
                problem.remedy.map { remedy in isHidden ? HTML.none : Tag.p { ForeignText.readable(remedy) } }
                    ?? HTML.none,
                Tag.p(.style(.soft)) {
                    if let code = problem.code, !isHidden {
                        Tag.code { code }
                        " · "
                    }
                    "request "
                    Tag.code { requestID }
                }
            )
        )
    }

    /// `/login` for whoever shows nothing: the browser asks for a name and a password.
    static let login = Page(
        status: .unauthorized,
        title: "Log in",
        crumbs: [PageAddresses.home],
        isForOne: true,
        content: HTMLContent.buildBlock(
            Tag.h1 { "Log in" },
            Tag.p {
                "Your browser asks for a name and a password. The password is a key of yours ("
                Tag.code { "ks-…" }
                "); the name may be anything. A key that may only read is enough."
            },
            Tag.p(.style(.soft)) {
                "There is no session and no cookie: the browser sends the key with each request until it is closed. Ask whoever "
                "runs this server for a key, or make one with "
                Tag.code { "kingsnake server key create" }
                "."
            }
        )
    )

    /// `/login` for whoever shows a key.
    static func loggedIn(_ holder: FilePublisher, isOperator: Bool) -> Page {
        Page(
            title: "Logged in",
            crumbs: [PageAddresses.home],
            isForOne: true,
            content: HTMLContent.buildBlock(
                Tag.h1 { "Logged in" },
                Tag.p {
                    "Your key belongs to "
                    HTML.name(holder.name)
                    ". Pages show what it may read. To log out, close the browser."
                },
                Tag.ul(.style(.rows)) {
                    Tag.li(.style(.row)) { HTML.link(PageAddress(["channels"], isFolder: true), "Channels") }
                    if isOperator {
                        Tag.li(.style(.row)) {
                            HTML.link(PageAddress(["operations"], isFolder: true), "What needs attention")
                        }
                    }
                }
            )
        )
    }
}
