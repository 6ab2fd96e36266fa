"""The addresses of measures, and of what follows from them: targets, reports, actions, surveys."""

from services.case.api import (
    actions,
    bodies,
    improvement_bodies,
    measure_bodies,
    measures,
    reports,
    surveys,
)
from services.case.api.route import Route
from services.case.domain import errors

MEASURE = (errors.NotAllowed, errors.MeasureUnknown)
REPORT = (errors.NotAllowed, errors.ReportUnknown)

ROUTES = (
    Route(
        "GET", "/measures", measures.list_measures, "measure", "What is measured, and what cannot be",
        refusals=(errors.NotAllowed,),
    ),
    Route(
        "GET", "/measures.csv", measures.all_measures_csv, "measure", "Every measure in a period, as CSV",
        query=measure_bodies.PeriodQuery, refusals=(errors.NotAllowed,), patience=60, media=measures.CSV,
    ),
    Route(
        "GET", "/measures/{measure}.csv", measures.one_measure_csv, "measure", "A measure in a period, as CSV",
        query=measure_bodies.MeasureQuery, refusals=MEASURE, patience=60, media=measures.CSV,
    ),
    Route(
        "GET", "/measures/{measure}", measures.one_measure, "measure", "A measure in a period",
        query=measure_bodies.MeasureQuery, refusals=MEASURE, patience=60,
    ),
    Route(
        "GET", "/measures/{measure}/cases", measures.cases_of_measure, "measured_cases", "The cases behind a number",
        query=measure_bodies.MeasuredCasesQuery, refusals=MEASURE, patience=60,
    ),
    Route(
        "GET", "/targets", reports.list_targets, "measure", "What measures should reach", refusals=(errors.NotAllowed,),
        patience=60,
    ),
    Route(
        "POST", "/targets", reports.put_target, "improve", "Set what a measure should reach",
        improvement_bodies.SetTarget, refusals=(errors.NotAllowed,),
    ),
    Route(
        "GET", "/demand", reports.expected_demand, "measure", "Expected demand against capacity and cost",
        query=improvement_bodies.DemandQuery, refusals=(errors.NotAllowed,), patience=60,
    ),
    Route(
        "GET", "/reports", reports.list_reports, "read_reports", "Reports and plans that were published",
        refusals=(errors.NotAllowed,),
    ),
    Route(
        "POST", "/reports", reports.publish_report, "improve", "Publish a report or plan", improvement_bodies.Publish,
        refusals=(errors.NotAllowed,), patience=120,
    ),
    Route(
        "GET", "/reports/{report}.csv", reports.one_report_csv, "read_reports", "The figures of a report, as CSV",
        query=improvement_bodies.VersionQuery, refusals=REPORT, media=measures.CSV,
    ),
    Route(
        "GET", "/reports/{report}", reports.one_report, "read_reports", "A report or plan as it was published",
        query=improvement_bodies.VersionQuery, refusals=REPORT,
    ),
    Route(
        "POST", "/reports/{report}/versions", reports.publish_again, "improve", "Publish another version",
        improvement_bodies.PublishAgain, refusals=(*REPORT, errors.ReasonMissing), patience=120,
    ),
    Route(
        "GET", "/actions", actions.list_actions, "follow_improvement", "What is done because of findings",
        query=improvement_bodies.ActionQuery, refusals=(errors.NotAllowed,),
    ),
    Route(
        "POST", "/actions", actions.agree_on_action, "improve", "Agree on an action", improvement_bodies.AgreeAction,
        refusals=REPORT,
    ),
    Route(
        "POST", "/actions/{action}/updates", actions.update_an_action, "improve", "Say how an action stands",
        improvement_bodies.UpdateAction, refusals=(errors.NotAllowed, errors.ActionUnknown),
    ),
    Route("GET", "/surveys", surveys.list_surveys, "anybody asked", "Surveys"),
    Route(
        "POST", "/surveys", surveys.open_a_survey, "improve", "Open a survey on a report or plan",
        improvement_bodies.OpenSurvey, refusals=REPORT,
    ),
    Route(
        "GET", "/surveys/{survey}", surveys.one_survey, "anybody asked", "A survey", refusals=(errors.SurveyUnknown,),
    ),
    Route(
        "POST", "/surveys/{survey}/answers", surveys.answer_a_survey, "anybody asked", "Answer a survey",
        improvement_bodies.AnswerSurvey,
        refusals=(errors.NotAllowed, errors.SurveyUnknown, errors.SurveyClosedAlready, errors.SurveyAnsweredAlready,
                  errors.AnswersInvalid),
    ),
    Route(
        "POST", "/surveys/{survey}/close", surveys.close_a_survey, "improve", "Close a survey before its time",
        bodies.Reasoned, refusals=(errors.NotAllowed, errors.SurveyUnknown, errors.ReasonMissing),
    ),
    Route(
        "POST", "/surveys/{survey}/summary", surveys.summarise_survey, "improve", "Publish what a survey said",
        bodies.Nothing, refusals=(errors.NotAllowed, errors.SurveyUnknown, errors.SurveyStillOpen),
    ),
)  # fmt: skip
