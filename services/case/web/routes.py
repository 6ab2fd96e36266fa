"""Every page, with who may visit it."""

from services.case.web import (
    about,
    answer_pages,
    audit_pages,
    calendar_pages,
    case_acts,
    case_lists,
    case_pages,
    compare_pages,
    contact_pages,
    directory_pages,
    export_pages,
    file_pages,
    glass_pages,
    history_pages,
    letter_pages,
    link_pages,
    measure_pages,
    opening_pages,
    people_pages,
    policy_pages,
    process_pages,
    replay_pages,
    report_pages,
    role_pages,
    school_day_pages,
    sign_in,
    survey_pages,
    task_lists,
    task_pages,
)
from services.case.web.family import agreeing, answering, asking, opening, reading, surveys
from services.case.web.page import Page

SIGNING_IN = (
    Page("GET", "/", sign_in.home, "anybody"),
    Page("GET", "/sign-in", sign_in.choose, "anybody"),
    Page("POST", "/sign-in", sign_in.as_sample, "anybody"),
    Page("GET", "/sign-in/start", sign_in.start, "anybody"),
    Page("GET", "/sign-in/done", sign_in.done, "anybody"),
    Page("POST", "/sign-in/stay", sign_in.stay, "signed-in"),
    Page("POST", "/sign-out", sign_in.sign_out, "signed-in"),
    Page("GET", "/signed-out", sign_in.signed_out, "anybody"),
)
ABOUT = (
    Page("GET", "/help", about.help_page, "anybody"),
    Page("GET", "/accessibility", about.accessibility, "anybody"),
    Page("GET", "/privacy", about.privacy, "anybody"),
    Page("GET", "/cookies", about.cookies, "anybody"),
    Page("GET", "/licences", about.licences, "anybody"),
    Page("GET", "/problems/{slug}", about.problem, "anybody"),
)
TASKS = (
    Page("GET", "/tasks", task_lists.mine, "answering", "My tasks"),
    Page("GET", "/tasks/team", task_lists.team, "answering", "Team’s tasks"),
    Page("POST", "/tasks/team", task_lists.from_team, "answering"),
    Page("GET", "/tasks/reassign", task_lists.choose_colleague, "reassign"),
    Page("POST", "/tasks/reassign", task_lists.reassign, "reassign"),
    Page("GET", "/tasks/cover", task_lists.choose_cover, "reassign"),
    Page("POST", "/tasks/cover", task_lists.cover, "reassign"),
    Page("POST", "/tasks/filters", task_lists.keep_filter, "answering"),
    Page("GET", "/tasks/{id}", task_pages.overview, "answering"),
    Page("POST", "/tasks/{id}/begin", task_pages.begin, "answering"),
    Page("POST", "/tasks/{id}/release", task_pages.give_back, "answering"),
    Page("GET", "/tasks/{id}/reassign", task_pages.choose_colleague, "answering"),
    Page("GET", "/tasks/{id}/questions/{step}", task_pages.question, "answering"),
    Page("POST", "/tasks/{id}/questions/{step}", task_pages.answer, "answering", takes_files=True),
    Page("GET", "/tasks/{id}/check", task_pages.check, "answering"),
    Page("POST", "/tasks/{id}/check", task_pages.complete, "answering"),
)
CASES = (
    Page("GET", "/cases", case_lists.listed, "read", "Cases"),
    Page("POST", "/cases/find", case_lists.find, "search"),
    Page("GET", "/cases/new", opening_pages.choose, "open"),
    Page("POST", "/cases/new", opening_pages.chosen, "open"),
    Page("GET", "/cases/new/{process}", opening_pages.begin, "open"),
    Page("GET", "/cases/new/{process}/questions/{step}", opening_pages.question, "open"),
    Page("POST", "/cases/new/{process}/questions/{step}", opening_pages.answer, "open", takes_files=True),
    Page("GET", "/cases/new/{process}/check", opening_pages.check, "open"),
    Page("POST", "/cases/new/{process}/check", opening_pages.open_it, "open"),
    Page("GET", "/cases/{ref}", case_pages.overview, "read"),
    Page("GET", "/cases/{ref}/why/{what}", case_pages.why, "read"),
    Page("GET", "/cases/{ref}/dates.ics", calendar_pages.dates, "read"),
    Page("GET", "/cases/{ref}/meetings/{task}.ics", calendar_pages.meeting, "read"),
    Page("GET", "/cases/{ref}/answers", answer_pages.answers, "history"),
    Page("GET", "/cases/{ref}/answers/{task}/{field}", answer_pages.begin, "correct"),
    Page("GET", "/cases/{ref}/answers/{task}/{field}/questions/{step}", answer_pages.question, "correct"),
    Page(
        "POST", "/cases/{ref}/answers/{task}/{field}/questions/{step}", answer_pages.answer, "correct", takes_files=True
    ),
    Page("GET", "/cases/{ref}/answers/{task}/{field}/check", answer_pages.check, "correct"),
    Page("POST", "/cases/{ref}/answers/{task}/{field}/check", answer_pages.correct, "correct"),
    Page("GET", "/cases/{ref}/people", people_pages.people, "read"),
    Page("GET", "/cases/{ref}/people/{party}/withdraw", people_pages.ask_withdraw, "read"),
    Page("POST", "/cases/{ref}/people/{party}/withdraw", people_pages.withdraw, "read"),
    Page("GET", "/cases/{ref}/people/{party}/contact", contact_pages.ask, "contacts"),
    Page("POST", "/cases/{ref}/people/{party}/contact", contact_pages.record, "contacts"),
    Page("GET", "/cases/{ref}/people/{party}/link", link_pages.ask, "send_link"),
    Page("POST", "/cases/{ref}/people/{party}/link", link_pages.send, "send_link"),
    Page("GET", "/cases/{ref}/messages", people_pages.sent, "read"),
    Page("GET", "/cases/{ref}/files", file_pages.listed, "read"),
    Page("POST", "/cases/{ref}/files", file_pages.add, "answering", takes_files=True),
    Page("GET", "/cases/{ref}/files/{file}", file_pages.fetch, "answering"),
    Page("GET", "/cases/{ref}/messages/{notice}/{to}", letter_pages.letter, "read"),
    Page("GET", "/cases/{ref}/messages/{notice}/{to}/pdf", letter_pages.as_file, "read"),
    Page("GET", "/cases/{ref}/history", history_pages.timeline, "history"),
    Page("GET", "/cases/{ref}/replay", replay_pages.replayed, "history"),
    Page("GET", "/cases/{ref}/compare", compare_pages.compared, "history"),
    Page("GET", "/cases/{ref}/export", export_pages.ask, "export"),
    Page("POST", "/cases/{ref}/export", export_pages.give, "export"),
    Page("GET", "/cases/{ref}/verify", audit_pages.verified, "export"),
    Page("GET", "/cases/{ref}/access", audit_pages.access, "export"),
    *(
        Page(method, f"/cases/{{ref}}/{name}", handler, act.action)
        for name, act in case_acts.ACTS.items()
        for method, handler in (("GET", case_acts.ask), ("POST", case_acts.do))
    ),
)
AUDIT = (
    Page("GET", "/audit", audit_pages.begin, "export", "Audit"),
    Page("POST", "/audit", audit_pages.find, "export"),
    Page("GET", "/break-glass", glass_pages.reported, "read_broken_glass", "Break-glass"),
)
DIRECTORY = (
    Page("GET", "/directory", directory_pages.home, "search_schools", "Directory"),
    *(
        page
        for name, shelf in directory_pages.SHELVES.items()
        for page in (
            Page("GET", f"/directory/{name}", directory_pages.listed, shelf.action),
            Page("GET", f"/directory/{name}/{{{shelf.part}}}", directory_pages.one, shelf.action),
        )
    ),
)
PROCESSES = (
    Page("GET", "/processes", process_pages.listed, "put_in_use", "Processes"),
    Page("GET", "/processes/new-version", process_pages.choose, "put_in_use"),
    Page("POST", "/processes/new-version", process_pages.check, "put_in_use"),
    Page("GET", "/processes/versions/{bundle}", process_pages.version, "put_in_use"),
    Page("POST", "/processes/versions/{bundle}/dry-run", process_pages.try_it, "put_in_use"),
    Page("POST", "/processes/versions/{bundle}/use", process_pages.put_in_use, "put_in_use"),
    Page("GET", "/processes/versions/{bundle}/cases", process_pages.choose_cases, "put_in_use"),
    Page("POST", "/processes/versions/{bundle}/cases", process_pages.move, "put_in_use"),
)
ADMINISTRATION = (
    Page("GET", "/calendars", school_day_pages.listed, "administer", "Calendars"),
    Page("GET", "/calendars/import", school_day_pages.choose, "administer"),
    Page("POST", "/calendars/import", school_day_pages.import_calendar, "administer"),
    Page("GET", "/calendars/closures", school_day_pages.ask_closure, "administer"),
    Page("POST", "/calendars/closures", school_day_pages.report_closure, "administer"),
    Page("GET", "/calendars/closures/{closure}/withdraw", school_day_pages.ask_withdraw, "administer"),
    Page("POST", "/calendars/closures/{closure}/withdraw", school_day_pages.withdraw, "administer"),
    Page("GET", "/calendars/versions/{calendar}", school_day_pages.one, "administer"),
    Page("GET", "/people", role_pages.listed, "read_roles", "People"),
    Page("GET", "/people/{person}", role_pages.one, "read_roles"),
    Page("GET", "/people/{person}/give", role_pages.ask_give, "administer"),
    Page("POST", "/people/{person}/give", role_pages.give, "administer"),
    Page("GET", "/people/{person}/roles/{role}/take", role_pages.ask_take, "administer"),
    Page("POST", "/people/{person}/roles/{role}/take", role_pages.take, "administer"),
    Page("GET", "/policy", policy_pages.in_force, "read_policy", "Policy"),
    Page("GET", "/policy/{policy}", policy_pages.one, "read_policy"),
)
MEASURES = (
    Page("GET", "/measures", measure_pages.listed, "measure", "Measures"),
    Page("GET", "/measures.csv", measure_pages.all_as_csv, "measure", counts=True),
    Page("GET", "/measures/{measure}", measure_pages.one, "measure", counts=True),
    Page("GET", "/measures/{measure}/csv", measure_pages.as_csv, "measure", counts=True),
    Page("GET", "/measures/{measure}/cases", measure_pages.cases, "measured_cases", counts=True),
    Page("GET", "/targets", measure_pages.targets, "measure", counts=True),
    Page("POST", "/targets", measure_pages.set_target, "improve", counts=True),
    Page("GET", "/demand", measure_pages.demand, "measure", counts=True),
    Page("GET", "/actions", measure_pages.list_actions, "follow_improvement"),
    Page("POST", "/actions/{action}", measure_pages.update_action, "improve"),
)
REPORTS = (
    Page("GET", "/reports", report_pages.listed, "read_reports", "Reports"),
    *(
        page
        for address in ("/reports/new", "/reports/{report}/new-version")
        for page in (
            Page("GET", address, report_pages.begin, "improve"),
            Page("GET", f"{address}/questions/{{step}}", report_pages.question, "improve"),
            Page("POST", f"{address}/questions/{{step}}", report_pages.answer, "improve"),
            Page("GET", f"{address}/check", report_pages.check, "improve"),
            Page("POST", f"{address}/check", report_pages.publish, "improve", counts=True),
        )
    ),
    Page("GET", "/reports/{report}", report_pages.one, "read_reports"),
    Page("GET", "/reports/{report}/csv", report_pages.as_csv, "read_reports"),
    Page("GET", "/reports/{report}/findings/{finding}/action", report_pages.ask_action, "improve"),
    Page("POST", "/reports/{report}/findings/{finding}/action", report_pages.agree_action, "improve"),
    Page("GET", "/reports/{report}/survey", survey_pages.begin, "improve"),
    Page("GET", "/reports/{report}/survey/questions/{step}", survey_pages.question, "improve"),
    Page("POST", "/reports/{report}/survey/questions/{step}", survey_pages.take, "improve"),
    Page("GET", "/reports/{report}/survey/check", survey_pages.check, "improve"),
    Page("POST", "/reports/{report}/survey/check", survey_pages.open_it, "improve"),
    Page("GET", "/surveys", survey_pages.listed, "signed-in"),
    Page("GET", "/surveys/{survey}", survey_pages.one, "signed-in"),
    Page("POST", "/surveys/{survey}", survey_pages.answer, "signed-in"),
    Page("GET", "/surveys/{survey}/close", survey_pages.ask_close, "improve"),
    Page("POST", "/surveys/{survey}/close", survey_pages.close, "improve"),
    Page("POST", "/surveys/{survey}/summary", survey_pages.summarise, "improve"),
)
FAMILY = (
    Page("GET", "/link/{token}", opening.look, "anybody", unnamed=True),
    Page("POST", "/link/{token}", opening.go_on, "anybody", unnamed=True),
    Page("GET", "/family", reading.home, "link"),
    Page("GET", "/family/messages", reading.messages, "link"),
    Page("GET", "/family/files/{file}", reading.file, "link"),
    Page("GET", "/family/shared", reading.shared, "link"),
    Page("GET", "/family/tried", reading.tried, "link"),
    Page("GET", "/family/suits", reading.suits, "link"),
    Page("GET", "/family/next", reading.next_steps, "link"),
    Page("GET", "/family/advice", reading.advice, "link"),
    Page("GET", "/family/talk", reading.talk, "link"),
    Page("GET", "/family/ask", asking.ask, "link"),
    Page("POST", "/family/ask", asking.begin, "link"),
    Page("GET", "/family/concern", asking.concern, "link"),
    Page("POST", "/family/concern", asking.raise_concern, "link"),
    Page("GET", "/family/agreement", agreeing.about, "link"),
    Page("GET", "/family/plan", agreeing.plan, "link"),
    Page("GET", "/family/answer", agreeing.ask, "link"),
    Page("POST", "/family/answer", agreeing.choose, "link"),
    Page("GET", "/family/withdraw", agreeing.ask_withdraw, "link"),
    Page("POST", "/family/withdraw", agreeing.withdraw, "link"),
    Page("GET", "/family/tasks/{task}", answering.begin, "link"),
    Page("GET", "/family/tasks/{task}/questions/{step}", answering.question, "link"),
    Page("POST", "/family/tasks/{task}/questions/{step}", answering.answer, "link", takes_files=True),
    Page("GET", "/family/tasks/{task}/check", answering.check, "link"),
    Page("POST", "/family/tasks/{task}/check", answering.send, "link"),
    Page("GET", "/family/surveys/{survey}", surveys.one, "link"),
    Page("POST", "/family/surveys/{survey}", surveys.answer, "link"),
    Page("POST", "/family/leave", opening.leave, "link"),
)
PAGES = (
    *SIGNING_IN, *TASKS, *CASES, *AUDIT, *DIRECTORY, *MEASURES, *REPORTS, *PROCESSES, *ADMINISTRATION, *FAMILY, *ABOUT,
)  # fmt: skip
